import {
  errorSentence,
  scheduledRunName,
  type AgentRun,
  type ErrorCode,
  type SympoziumSchedule,
  type SympoziumScheduleStatus,
} from '@sympozium/api';
import { isObstacle } from '../plan/obstacle.js';
import { millis, rfc3339 } from '../status/time.js';
import type { DueTicks } from './cron-ticks.js';
import type { ScheduleFacts } from './schedule-facts.js';
import { surplusRuns } from './surplus-runs.js';
import { openRuns, tickOf } from './tick-of.js';

type Armed = NonNullable<SympoziumScheduleStatus['armed']>;

/** What becomes of the newest tick that is due. `found`: an earlier pass started its run. */
export type Step = { readonly tick: number } & (
  | { readonly act: 'start' }
  | { readonly act: 'found'; readonly run: AgentRun }
  | { readonly act: 'wait'; readonly cancel: readonly AgentRun[] }
  | { readonly act: 'skip'; readonly reason: ErrorCode; readonly message: string }
);

/** What is to be done about a schedule now, and when it is to be looked at again. */
export interface SchedulePlan {
  /** What the ticks are counted from; absent while there are none. */
  readonly armed?: Armed | undefined;
  /** The last tick that was dealt with; the one of `step` is another matter. */
  readonly lastTick?: number | undefined;
  /** How many older ticks are lost for good. */
  readonly missed: number;
  readonly step?: Step | undefined;
  readonly next?: number | undefined;
  readonly wakeAt?: number | undefined;
  /** Ended runs that are not kept any more. */
  readonly surplus: readonly AgentRun[];
}

/**
 * Decides what a schedule's ticks do. Of those that are due only the newest may start a run; the others are missed. A
 * tick that was dealt with never comes again, whatever the clock says, until the expression or the zone is another.
 */
export function planSchedule(facts: ScheduleFacts): SchedulePlan {
  const { schedule, ticks, now } = facts;
  const surplus = surplusRuns(facts);
  if (schedule.spec.suspend || isObstacle(ticks))
    return { lastTick: millis(schedule.status?.lastTickTime), missed: 0, surplus };
  const { armed, lastTick } = arm(facts);
  const from = Math.max(Date.parse(armed.since), lastTick ?? -Infinity);
  const due = ticks.due(from, now);
  const step = due && decide(facts, due.newest);
  const next = ticks.next(Math.max(now, from));
  const missed = due ? countMissed(due, from, facts.runs) : 0;
  return {
    armed,
    lastTick: due?.previous ?? lastTick,
    missed,
    step,
    next,
    wakeAt: wakeAt(schedule, step, next),
    surplus,
  };
}

/**
 * What the ticks are counted from. A schedule that nobody has looked at yet has had ticks since it was made, if it was
 * what it is since then; one that was changed or resumed has them from now on.
 */
function arm({ schedule, now }: ScheduleFacts): { readonly armed: Armed; readonly lastTick?: number | undefined } {
  const { metadata, spec, status } = schedule;
  const old = status?.armed;
  if (old?.schedule === spec.schedule && old.timeZone === spec.timeZone)
    return { armed: old, lastTick: millis(status?.lastTickTime) };
  const since = isAsMade(schedule) ? metadata.creationTimestamp : undefined;
  return { armed: { schedule: spec.schedule, timeZone: spec.timeZone, since: since ?? rfc3339(now) } };
}

/** Whether nobody has looked at it yet, nor changed it since it was made. */
const isAsMade = ({ metadata: { generation = 1 }, status }: SympoziumSchedule): boolean =>
  status?.observedGeneration === undefined && generation === 1;

/** How many ticks before the newest one started nothing. A life that ended before it could tell may have started some. */
function countMissed({ newest, count }: DueTicks, from: number, runs: readonly AgentRun[]): number {
  const started = runs.map(tickOf).filter((tick) => tick !== undefined && tick > from && tick < newest);
  return Math.max(0, count - 1 - started.length);
}

function decide({ schedule, runs, now }: ScheduleFacts, tick: number): Step {
  const { spec, metadata } = schedule;
  const own = runs.find((run) => run.metadata.name === scheduledRunName(metadata.name, tick));
  if (own) return { tick, act: 'found', run: own };
  if (now > latestStart(schedule, tick)) return skip(tick, 'TickMissed', lateness(tick, now));
  const open = openRuns(runs);
  const [first] = open;
  if (!first || spec.concurrencyPolicy === 'Allow') return { tick, act: 'start' };
  if (spec.concurrencyPolicy === 'Forbid')
    return skip(tick, 'TickOverlapped', `the tick of ${rfc3339(tick)}, ${first.metadata.name}`);
  return { tick, act: 'wait', cancel: open.filter((run) => run.spec.cancel !== true) };
}

const skip = (tick: number, reason: ErrorCode, detail: string): Step => ({
  tick,
  act: 'skip',
  reason,
  message: errorSentence(reason, detail),
});

const lateness = (tick: number, now: number): string =>
  `the tick of ${rfc3339(tick)} was ${Math.round((now - tick) / 1000)} s late`;

/** A tick that waits for a run to end is looked at when it is too late, too. */
function wakeAt(schedule: SympoziumSchedule, step: Step | undefined, next: number | undefined): number | undefined {
  const times = [next ?? Infinity, step?.act === 'wait' ? latestStart(schedule, step.tick) + 1 : Infinity];
  const first = Math.min(...times);
  return first === Infinity ? undefined : first;
}

const latestStart = ({ spec: { startingDeadlineSeconds = Infinity } }: SympoziumSchedule, tick: number): number =>
  tick + startingDeadlineSeconds * 1000;
