import { replicasOf, type Deployment, type ReplicaSet } from './replica-set.js';

/** How many Pods there may be beyond, and may be missing of, those that are wished. */
export function bounds(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { type, rollingUpdate: { maxSurge = '25%', maxUnavailable = '25%' } = {} } = deployment.spec.strategy ?? {};
  if (type === 'Recreate') return { surge: 0, unavailable: 0 };
  const replicas = replicasOf(deployment);
  const surge = resolve(maxSurge, replicas, Math.ceil);
  const unavailable = Math.min(replicas, resolve(maxUnavailable, replicas, Math.floor));
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function resolve(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number(value.replace('%', '')) * replicas) / 100);
}

export const sum = (sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number): number =>
  sets.reduce((total, set) => total + of(set), 0);

const available = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;

/** How many replicas the new ReplicaSet gets now. */
export function newReplicas(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): number {
  const wanted = replicasOf(deployment);
  const has = current ? replicasOf(current) : 0;
  if (deployment.spec.strategy?.type === 'Recreate' || has >= wanted) return wanted;
  const room = wanted + bounds(deployment).surge - has - sum(old, replicasOf);
  return room <= 0 ? has : has + Math.min(room, wanted - has);
}

/** The replicas that old ReplicaSets keep, as far as they change: first those go that are not available anyway. */
export function oldReplicas(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): Map<ReplicaSet, number> {
  const kept = new Map(old.map((set) => [set, replicasOf(set)]));
  const least = replicasOf(deployment) - bounds(deployment).unavailable;
  const missingNew = replicasOf(current) - available(current);
  let spare = replicasOf(current) + sum(old, replicasOf) - least - missingNew;
  if (spare <= 0) return new Map();
  for (const set of old) {
    const unhealthy = Math.min(spare, replicasOf(set) - Math.min(replicasOf(set), available(set)));
    kept.set(set, replicasOf(set) - unhealthy);
    spare -= unhealthy;
  }
  let surplus = available(current) + sum(old, available) - least;
  for (const set of old) {
    const fewer = Math.max(0, Math.min(surplus, kept.get(set) ?? 0));
    kept.set(set, (kept.get(set) ?? 0) - fewer);
    surplus -= fewer;
  }
  return new Map([...kept].filter(([set, replicas]) => replicas !== replicasOf(set)));
}
