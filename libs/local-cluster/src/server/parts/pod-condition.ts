import type { Clock } from '@sympozium/process';
import { nowOf } from '../../rest/times.js';

export interface PodFields {
  readonly spec?: { nodeName?: string; schedulingGates?: readonly unknown[] };
  readonly status?: { phase?: string; conditions?: readonly PodCondition[] };
}

interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** A Pod's status with a condition set; its time moves when its status does. */
export function withCondition(status: NonNullable<PodFields['status']>, condition: PodCondition, clock: Clock): object {
  const { conditions = [] } = status;
  const known = conditions.find(({ type }) => type === condition.type);
  const now = nowOf(clock);
  const lastTransitionTime = known?.status === condition.status ? known['lastTransitionTime'] : now;
  const next = { lastProbeTime: null, lastTransitionTime, ...condition };
  return {
    ...status,
    conditions: known ? conditions.map((one) => (one === known ? next : one)) : [...conditions, next],
  };
}
