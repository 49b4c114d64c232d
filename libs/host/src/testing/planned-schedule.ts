import {
  ANNOTATION,
  API_VERSION,
  scheduledRunName,
  scheduleSpec,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type Phase,
  type SympoziumSchedule,
  type SympoziumScheduleSpec,
  type SympoziumScheduleStatus,
} from '@sympozium/api';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import { readTicks } from '../schedules/cron-ticks.js';
import { foldScheduleStatus, type TickOutcome } from '../schedules/fold-schedule-status.js';
import { planSchedule, type SchedulePlan } from '../schedules/plan-schedule.js';

/** `03:05` or `03:05:10` of 2026-01-02, RFC 3339. */
export const on = (time: string): string => `2026-01-02T${time.length === 5 ? `${time}:00` : time}Z`;
/** The same in milliseconds since 1970. */
export const ms = (time: string): number => Date.parse(on(time));

export interface PlannedParts {
  readonly spec?: Partial<SympoziumScheduleSpec>;
  /** The status of one that was made at 03:00; null: nobody has looked at it. */
  readonly status?: Partial<SympoziumScheduleStatus> | null;
  readonly generation?: number;
}

export const EVERY_5 = '*/5 * * * *';
/** What a schedule goes by, since a time. */
export const armed = (since = '03:00', schedule = EVERY_5, timeZone = 'UTC') => ({
  schedule,
  timeZone,
  since: on(since),
});

/** A schedule that was made at 03:00, and looked at. */
export const made = ({ spec, status = {}, generation = 1 }: PlannedParts = {}): SympoziumSchedule => ({
  apiVersion: API_VERSION,
  kind: SYMPOZIUM_SCHEDULE.kind,
  metadata: { name: 'nightly', namespace: 'default', uid: 's', generation, creationTimestamp: on('03:00') },
  spec: scheduleSpec.parse({ instanceRef: { name: 'demo' }, schedule: EVERY_5, task: 'Say hello.', ...spec }),
  ...(status && { status: { observedGeneration: 1, armed: armed(), ...status } }),
});

/** The run of a tick. */
export const runAt = (tick: string, phase: Phase = 'Running', parts: Partial<AgentRun['spec']> = {}): AgentRun =>
  agentRun({
    metadata: {
      name: scheduledRunName('nightly', ms(tick)),
      uid: tick,
      annotations: { [ANNOTATION.scheduledAt]: on(tick) },
      creationTimestamp: on(tick),
    },
    spec: parts,
    status: { phase, ...(phase === 'Succeeded' && { completedAt: on(tick) }) },
  });

/** What is to be done at a time. */
export function plan(time: string, schedule: SympoziumSchedule, runs: readonly AgentRun[] = []): SchedulePlan {
  const now = ms(time);
  return planSchedule({ schedule, runs, ticks: readTicks(schedule.spec, now), now });
}

/** The status after the plan was carried out. */
export function after(
  time: string,
  { schedule, runs = [] }: { readonly schedule: SympoziumSchedule; readonly runs?: readonly AgentRun[] },
  outcome?: TickOutcome,
): SympoziumScheduleStatus {
  const now = ms(time);
  const facts = { schedule, runs, ticks: readTicks(schedule.spec, now), now };
  return foldScheduleStatus({ ...facts, plan: planSchedule(facts), outcome, instanceExists: true });
}
