import type { Condition } from '../shared/kinds.js';
import { nodeCondition, type Node, type Taint } from '../shared/node.js';

const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
const PRESSURES: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const OURS = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE, ...Object.values(PRESSURES)]);

/**
 * The taints that say what a node's conditions are, beside those of others. `evicts`: its Pods shall go, too, when it
 * is not ready.
 */
export function wantedTaints(node: Node, evicts: boolean, now: string): readonly Taint[] {
  const taints = node.spec?.taints ?? [];
  const wanted = [...noSchedule(node), ...(evicts ? noExecute(node) : [])];
  const kept = taints.filter((taint) => !isOurs(taint) || wanted.some((one) => isSame(one, taint)));
  const added = wanted.filter((taint) => !kept.some((one) => isSame(one, taint)));
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: now }))];
}

function noSchedule(node: Node): Taint[] {
  const keys = (node.status?.conditions ?? []).map(keyOf).filter((key) => key !== undefined);
  return [...keys, ...(node.spec?.unschedulable ? [UNSCHEDULABLE] : [])].map((key) => ({ key, effect: 'NoSchedule' }));
}

function noExecute(node: Node): Taint[] {
  const ready = nodeCondition(node, 'Ready');
  const key = ready && keyOf(ready);
  return key === undefined ? [] : [{ key, effect: 'NoExecute' }];
}

function keyOf({ type, status }: Condition): string | undefined {
  if (type !== 'Ready') return status === 'True' ? PRESSURES[type] : undefined;
  return { True: undefined, False: NOT_READY, Unknown: UNREACHABLE }[status];
}

/** What NoExecute is of a node's readiness alone; others may set it for other things. */
const isOurs = ({ key, effect }: Taint): boolean =>
  effect === 'NoSchedule' ? OURS.has(key) : effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE);

const isSame = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
