import { isTerminal, type Condition, type ConditionStatus, type Phase } from '@sympozium/api';
import type { Obstacle } from '../plan/obstacle.js';
import type { Outcome } from './outcome.js';
import { rfc3339 } from './time.js';

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

interface Said {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly at?: string | undefined;
}

/**
 * The run's conditions. One whose status did not change keeps its time, and with the same reason its words, so that a
 * message which varies (a quota's use, a retry's delay) never costs a write. Those nothing is said about stay.
 */
export function foldConditions(known: readonly Condition[], facts: ConditionFacts): Condition[] {
  const said = [accepted(facts), applied(facts), ready(facts), succeeded(facts), ...(facts.outcome.conditions ?? [])];
  const next = new Map(known.map((condition) => [condition.type, condition]));
  for (const one of said) if (one) next.set(one.type, turned(next.get(one.type), one, facts));
  return [...next.values()];
}

function turned(old: Condition | undefined, { at, ...said }: Said, facts: ConditionFacts): Condition {
  const { generation, now } = facts;
  const same = old?.status === said.status;
  return {
    ...said,
    message: same && old.reason === said.reason ? old.message : said.message,
    lastTransitionTime: same ? old.lastTransitionTime : (at ?? rfc3339(now)),
    ...(generation !== undefined && { observedGeneration: generation }),
  };
}

const hindered = (type: Obstacle['condition'], { obstacle }: ConditionFacts): Said | undefined =>
  obstacle?.condition === type
    ? { type, status: 'False', reason: obstacle.reason, message: obstacle.message }
    : undefined;

const accepted = (facts: ConditionFacts): Said =>
  hindered('Accepted', facts) ?? {
    type: 'Accepted',
    status: 'True',
    reason: 'Accepted',
    message: '',
    at: facts.createdAt,
  };

const applied = (facts: ConditionFacts): Said | undefined =>
  hindered('Applied', facts) ??
  (facts.appliedAt === undefined
    ? undefined
    : { type: 'Applied', status: 'True', reason: 'Applied', message: '', at: facts.appliedAt });

function ready(facts: ConditionFacts): Said | undefined {
  const { phase, outcome, startedAt, completedAt } = facts;
  if (isTerminal(phase)) return { type: 'Ready', status: 'False', reason: 'Finished', message: '', at: completedAt };
  const stopped = hindered('Ready', facts);
  if (stopped) return stopped;
  if (outcome.state === 'pending' || outcome.state === 'failed')
    return outcome.reason && { type: 'Ready', status: 'False', reason: outcome.reason, message: outcome.message ?? '' };
  return { type: 'Ready', status: 'True', reason: phase, message: '', at: startedAt };
}

function succeeded({ phase, outcome, completedAt }: ConditionFacts): Said | undefined {
  if (!isTerminal(phase)) return undefined;
  return outcome.state === 'failed'
    ? { type: 'Succeeded', status: 'False', reason: outcome.reason, message: outcome.message, at: completedAt }
    : { type: 'Succeeded', status: 'True', reason: 'Succeeded', message: '', at: completedAt };
}
