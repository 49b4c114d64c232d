import {
  CONDITION,
  defined,
  errorSentence,
  MAX_LISTED_RUNS,
  REASON,
  type AgentRun,
  type Condition,
  type ErrorCode,
  type SympoziumScheduleStatus,
} from '@sympozium/api';
import { isDeepStrictEqual } from 'node:util';
import { isObstacle } from '../plan/obstacle.js';
import { rfc3339 } from '../status/time.js';
import { turned, type Said } from '../status/turned.js';
import type { SchedulePlan } from './plan-schedule.js';
import type { ScheduleFacts } from './schedule-facts.js';
import { openRuns, tickOf } from './tick-of.js';

/** What became of the tick that was due. */
export type TickOutcome = { readonly tick: number } & (
  { readonly run: AgentRun } | { readonly reason: ErrorCode; readonly message: string }
);

/** Everything the status of a schedule is made from. */
export interface DoneFacts extends ScheduleFacts {
  readonly plan: SchedulePlan;
  /** Absent when none was due, or the one that was waits. */
  readonly outcome: TickOutcome | undefined;
  readonly instanceExists: boolean;
}

/** The status that follows from what is the case; the very status of the schedule when there is nothing new to say. */
export function foldScheduleStatus(facts: DoneFacts): SympoziumScheduleStatus {
  const { schedule, plan, outcome } = facts;
  const { status = {}, metadata } = schedule;
  const runs = allRuns(facts);
  const next = defined({
    observedGeneration: metadata.generation,
    conditions: [accepted(facts), ready(facts), started(facts)].flatMap((said) => (said ? [follow(said, facts)] : [])),
    armed: plan.armed,
    nextScheduleTime: textOf(plan.next),
    lastTickTime: textOf(outcome?.tick ?? plan.lastTick),
    lastScheduleTime: latest([status.lastScheduleTime, ...runs.map((run) => textOf(tickOf(run)))]),
    lastSuccessfulTime: latest([status.lastSuccessfulTime, ...runs.map(successOf)]),
    ...activity(runs),
    missedTicks: (status.missedTicks ?? 0) + plan.missed + (isLost(outcome) ? 1 : 0),
  });
  return isDeepStrictEqual(next, status) ? status : next;
}

/** With the one that was just made, which the cache may not have yet. */
function allRuns({ runs, outcome }: DoneFacts): readonly AgentRun[] {
  if (!outcome || isLost(outcome)) return runs;
  return [...runs.filter(({ metadata }) => metadata.uid !== outcome.run.metadata.uid), outcome.run];
}

function activity(runs: readonly AgentRun[]): Pick<SympoziumScheduleStatus, 'activeRuns' | 'active'> {
  const open = openRuns(runs);
  const active = open.slice(-MAX_LISTED_RUNS).map(({ metadata: { name } }) => ({ name }));
  return { activeRuns: open.length, ...(active.length > 0 && { active }) };
}

const successOf = ({ status: { phase, completedAt } }: AgentRun): string | undefined =>
  phase === 'Succeeded' ? completedAt : undefined;

const isLost = (outcome: TickOutcome | undefined): outcome is Extract<TickOutcome, { reason: ErrorCode }> =>
  outcome !== undefined && 'reason' in outcome;

const accepted = ({ schedule, instanceExists }: DoneFacts): Said =>
  instanceExists
    ? { type: CONDITION.accepted, status: 'True', reason: REASON.accepted, message: '' }
    : failed(CONDITION.accepted, 'InstanceNotFound', errorSentence('InstanceNotFound', schedule.spec.instanceRef.name));

function ready({ schedule, ticks }: DoneFacts): Said {
  const type = CONDITION.ready;
  if (isObstacle(ticks)) return failed(type, ticks.reason, ticks.message);
  if (schedule.spec.suspend) return { type, status: 'False', reason: REASON.suspended, message: '' };
  return { type, status: 'True', reason: REASON.scheduled, message: '' };
}

/** What became of the last tick that was dealt with; nothing new stays as it was. */
function started({ schedule, plan, outcome }: DoneFacts): Said | undefined {
  const type = CONDITION.started;
  if (isLost(outcome)) return failed(type, outcome.reason, outcome.message);
  if (outcome) return { type, status: 'True', reason: REASON.started, message: '' };
  if (plan.missed > 0) return failed(type, 'TickMissed', errorSentence('TickMissed', missedBefore(plan)));
  return schedule.status?.conditions?.find((said) => said.type === type);
}

const missedBefore = ({ lastTick, step }: SchedulePlan): string =>
  `the tick of ${textOf(lastTick)} gave way to the one of ${textOf(step?.tick)}`;

const failed = (type: string, reason: ErrorCode, message: string): Said => ({ type, status: 'False', reason, message });

function follow(said: Said, { schedule, now }: DoneFacts): Condition {
  const old = schedule.status?.conditions?.find(({ type }) => type === said.type);
  return turned(old, said, { generation: schedule.metadata.generation, now });
}

const textOf = (time: number | undefined): string | undefined => (time === undefined ? undefined : rfc3339(time));

const latest = (times: readonly (string | undefined)[]): string | undefined =>
  times
    .filter((time) => time !== undefined)
    .sort((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1);
