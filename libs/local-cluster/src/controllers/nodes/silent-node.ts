import type { Condition } from '../shared/kinds.js';
import type { Node } from '../shared/node.js';

/** What a node that is not heard of may be or not. */
const TYPES = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** The conditions of a node that is not heard of any more, or never was. */
export function silentConditions({ metadata, status }: Node, now: string): Condition[] {
  const known = status?.conditions ?? [];
  const never = TYPES.filter((type) => !known.some((condition) => condition.type === type)).map((type): Condition => ({
    ...{ type, status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' },
    lastHeartbeatTime: metadata.creationTimestamp,
    lastTransitionTime: now,
  }));
  return [...known.map((condition) => silent(condition, now)), ...never];
}

function silent(condition: Condition, now: string): Condition {
  if (!TYPES.includes(condition.type) || condition.status === 'Unknown') return condition;
  const about = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
  return { ...condition, status: 'Unknown', ...about, lastTransitionTime: now };
}
