import type { Crd, CrdCondition } from './crd.js';

type NewCondition = Omit<CrdCondition, 'lastTransitionTime'>;

/** The conditions with this one set; its time changes only with its status. */
export function withCondition(
  conditions: readonly CrdCondition[] | null | undefined,
  condition: NewCondition,
  now: string,
): CrdCondition[] {
  const all = conditions ?? [];
  const known = all.some(({ type }) => type === condition.type);
  if (!known) return [...all, { lastTransitionTime: now, ...condition }];
  return all.map((old) => (old.type === condition.type ? changed(old, condition, now) : old));
}

const changed = (old: CrdCondition, condition: NewCondition, now: string): CrdCondition => ({
  ...old,
  ...condition,
  lastTransitionTime: old.status === condition.status ? (old.lastTransitionTime ?? now) : now,
});

export const conditionOf = ({ status }: Crd, type: string): CrdCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);
