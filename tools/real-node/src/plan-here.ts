import { execFileSync } from 'node:child_process';
import { SympoziumError } from '@sympozium/api';
import { choosePlan, type AddressPlan } from './address-plan.js';
import { MACHINE } from './names.js';

/** Addresses that this machine has no other way to. What a former node left in its routes is gone in a moment. */
export function planHere(): AddressPlan {
  const text = execFileSync('ip', ['-json', '-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' });
  const routes = (JSON.parse(text) as { dst: string; dev?: string }[]).filter(({ dev }) => dev !== MACHINE.link);
  const chosen = choosePlan(routes.map(({ dst }) => dst));
  if (chosen !== undefined) return chosen;
  throw new SympoziumError('SETTING_INVALID', 'each range of addresses that a real node could take is routed already.');
}
