import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SympoziumError } from '@sympozium/api';
import type { AddressPlan } from './address-plan.js';
import { CONFIG_FOLDER, renderConfig } from './node-config.js';

/** Where the node’s programs write what they have to say. */
export const logsOf = (folder: string): string => join(folder, 'logs');

/**
 * Makes a node’s folder with its configuration, and without what a former node left in it. Throws `SETTING_INVALID`
 * when it holds something else, which is nobody’s to delete.
 */
export function prepareFolder(folder: string, plan: AddressPlan): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0 && !existsSync(join(folder, CONFIG_FOLDER)))
    throw new SympoziumError('SETTING_INVALID', `${folder} is not empty and no node’s folder. Choose another one.`);
  for (const former of ['node', 'data', 'logs']) rmSync(join(folder, former), { recursive: true, force: true });
  mkdirSync(logsOf(folder), { mode: 0o700 });
  for (const [name, text] of Object.entries(renderConfig(plan))) {
    const path = join(folder, CONFIG_FOLDER, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
