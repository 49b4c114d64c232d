import { CONDITION, isTerminal, REASON, type Condition, type Phase } from '@sympozium/api';
import type { Obstacle } from '../plan/obstacle.js';
import type { Outcome } from './outcome.js';
import { turned, type Said } from './turned.js';

/** What conditions are made from. */
export interface ConditionFacts {
  readonly outcome: Outcome;
  readonly phase: Phase;
  readonly obstacle: Obstacle | undefined;
  readonly generation: number | undefined;
  /** True times, RFC 3339. */
  readonly createdAt: string;
  /** When the last of the run's children was made; absent: there are none. */
  readonly appliedAt: string | undefined;
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
  readonly now: number;
}

/**
 * The run's conditions. One whose status did not change keeps its time, and where its words may vary (a quota's use, a
 * retry's delay) with the same reason those, too, so that they never cost a write. Where nothing could be observed,
 * those of plugins stay; else one that no plugin says any more goes.
 */
export function foldConditions(known: readonly Condition[], facts: ConditionFacts): Condition[] {
  const said = [accepted(facts), applied(facts), ready(facts), succeeded(facts), ...(facts.outcome.conditions ?? [])];
  const next = new Map(
    known.filter(({ type }) => !isUnsaid(type, facts)).map((condition) => [condition.type, condition]),
  );
  for (const one of said)
    if (one) next.set(one.type, turned(next.get(one.type), one, { ...facts, wordsVary: REPEATING.has(one.type) }));
  return [...next.values()];
}

const HOSTS: ReadonlySet<string> = new Set<string>([
  CONDITION.accepted,
  CONDITION.applied,
  CONDITION.ready,
  CONDITION.succeeded,
]);

/** Conditions that repeat what others say: the API server of an apply, kubelets and controllers of what works. */
const REPEATING: ReadonlySet<string> = new Set<string>([CONDITION.applied, CONDITION.ready, CONDITION.succeeded]);

/** The words that tell a reader something new whenever they change. */
export const wordsOf = ({ type, message }: Pick<Condition, 'type' | 'message'>): string | undefined =>
  REPEATING.has(type) ? undefined : message;

const isUnsaid = (type: string, { outcome: { conditions } }: ConditionFacts): boolean =>
  conditions !== undefined && !HOSTS.has(type) && !conditions.some((said) => said.type === type);

const hindered = (type: Obstacle['condition'], { obstacle }: ConditionFacts): Said | undefined =>
  obstacle?.condition === type
    ? { type, status: 'False', reason: obstacle.reason, message: obstacle.message }
    : undefined;

const accepted = (facts: ConditionFacts): Said =>
  hindered(CONDITION.accepted, facts) ?? {
    type: CONDITION.accepted,
    status: 'True',
    reason: REASON.accepted,
    message: '',
    at: facts.createdAt,
  };

const applied = (facts: ConditionFacts): Said =>
  hindered(CONDITION.applied, facts) ??
  (facts.appliedAt === undefined
    ? { type: CONDITION.applied, status: 'Unknown', reason: REASON.waiting, message: '', at: facts.createdAt }
    : { type: CONDITION.applied, status: 'True', reason: REASON.applied, message: '', at: facts.appliedAt });

function ready(facts: ConditionFacts): Said {
  const type = CONDITION.ready;
  const { phase, outcome, startedAt, completedAt } = facts;
  if (isTerminal(phase)) return { type, status: 'False', reason: REASON.finished, message: '', at: completedAt };
  const stopped = hindered(type, facts);
  if (stopped) return stopped;
  if (outcome.state === 'pending' || outcome.state === 'failed')
    return { type, status: 'False', reason: outcome.reason ?? REASON.waiting, message: outcome.message ?? '' };
  return { type, status: 'True', reason: phase, message: '', at: startedAt };
}

function succeeded({ phase, outcome, completedAt, createdAt }: ConditionFacts): Said {
  const type = CONDITION.succeeded;
  if (!isTerminal(phase))
    return {
      type,
      status: 'Unknown',
      reason: phase === 'Pending' ? REASON.waiting : phase,
      message: '',
      at: createdAt,
    };
  return outcome.state === 'failed'
    ? { type, status: 'False', reason: outcome.reason, message: outcome.message, at: completedAt }
    : { type, status: 'True', reason: REASON.completed, message: '', at: completedAt };
}
