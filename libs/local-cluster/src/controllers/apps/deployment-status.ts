import type { Condition } from '../shared/kinds.js';
import { withoutZeros } from '../shared/stored.js';
import { millis } from '../shared/time.js';
import { replicasOf, type Deployment, type DeploymentStatus, type ReplicaSet } from './replica-set.js';
import { bounds, sum } from './rollout.js';

type Text = readonly [reason: string, message: string];

const AVAILABLE: Text = ['MinimumReplicasAvailable', 'Deployment has minimum availability.'];
const UNAVAILABLE: Text = ['MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
const ZEROS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'] as const;

/** The conditions with one set, at the end; the same ones if its status and reason stand already. */
export function withCondition(conditions: readonly Condition[], next: Condition): Condition[] {
  const known = conditions.find(({ type }) => type === next.type);
  if (known?.status === next.status && known.reason === next.reason) return [...conditions];
  const since = known?.status === next.status ? known.lastTransitionTime : next.lastTransitionTime;
  const transition = since === undefined ? {} : { lastTransitionTime: since };
  return [...conditions.filter((condition) => condition !== known), { ...next, ...transition }];
}

export const condition = (
  type: string,
  status: Condition['status'],
  [reason, message]: Text,
  now: string,
): Condition => ({ type, status, reason, message, lastUpdateTime: now, lastTransitionTime: now });

/** What the status counts of the Pods of all ReplicaSets, and whether enough are available. */
export function countedStatus(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: string,
): DeploymentStatus {
  const { status = {}, metadata } = deployment;
  const available = sum(all, (set) => set.status?.availableReplicas ?? 0);
  const enough = available >= replicasOf(deployment) - bounds(deployment).unavailable;
  const next = condition('Available', enough ? 'True' : 'False', enough ? AVAILABLE : UNAVAILABLE, now);
  const counts: DeploymentStatus = {
    ...(status.collisionCount === undefined ? {} : { collisionCount: status.collisionCount }),
    observedGeneration: metadata.generation ?? 0,
    replicas: sum(all, (set) => set.status?.replicas ?? 0),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: sum(all, (set) => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(all, replicasOf) - available),
    terminatingReplicas: sum(all, (set) => set.status?.terminatingReplicas ?? 0),
    conditions: withCondition(status.conditions ?? [], next),
  };
  return withoutZeros(counts, ...ZEROS);
}

/** Every wished Pod is of the new template and available, and none of an old one is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  return [updatedReplicas, replicas, availableReplicas].every((count) => count === replicasOf(deployment));
}

/** Something came nearer to the goal since the last status. */
export function progresses({ status: old = {} }: Deployment, next: DeploymentStatus): boolean {
  const of = ({ updatedReplicas = 0, replicas = 0, readyReplicas = 0, availableReplicas = 0 }: DeploymentStatus) => ({
    ...{ updatedReplicas, readyReplicas, availableReplicas, outdated: replicas - updatedReplicas },
  });
  const before = of(old);
  const after = of(next);
  return (
    after.updatedReplicas > before.updatedReplicas ||
    after.outdated < before.outdated ||
    after.readyReplicas > before.readyReplicas ||
    after.availableReplicas > before.availableReplicas
  );
}

/** Milliseconds until a Deployment without progress counts as stuck; undefined if it has no such time. */
export function deadlineMs({ spec }: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const { progressDeadlineSeconds } = spec;
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressDeadlineSeconds === undefined || progressing?.reason === 'NewReplicaSetAvailable') return undefined;
  const since = millis(progressing?.['lastUpdateTime'] as string | undefined);
  return since === undefined ? undefined : since + progressDeadlineSeconds * 1000 - now;
}
