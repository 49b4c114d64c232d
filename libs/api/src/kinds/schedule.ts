import { z } from 'zod';
import { conditions, observedGeneration } from './condition.js';
import { MAX_TEXT } from './conversation.js';
import type { Kind, KubeObject } from './kube-object.js';
import { API_VERSION, formed, objectRef } from './schema.js';

/** What the API server says of anything else. */
export const CRON_HINT =
  'write five fields: minute, hour, day of month, month, day of week, such as "30 9 * * 1-5"; ' +
  'or @hourly, @daily, @weekly, @monthly, @yearly';

/**
 * What a cron expression looks like; numbers may still be out of range. Five fields of numbers or names with
 * `*`, `,`, `-`, `/`; `L` is the last day of the month, `1#2` the second Monday, `5L` the last Friday.
 */
const CRON =
  /^(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|[*,/0-9-]+ +[*,/0-9-]+ +[*,/?L0-9-]+ +[*,/0-9A-Za-z-]+ +[*,/?#L0-9A-Za-z-]+)$/;

/** `Area/City` of the IANA database, `UTC`, or `Etc/GMT+2`. */
const ZONE = /^(UTC|GMT|[A-Z][A-Za-z]+\/[A-Za-z0-9_+/-]+)$/;

/** What the API server says of anything else. */
export const ZONE_HINT = 'write a zone of the IANA database such as Europe/Oslo, or UTC';

/** Most runs that the status lists. */
export const MAX_LISTED_RUNS = 100;

export const scheduleSpec = z.object({
  instanceRef: objectRef.describe('The SympoziumInstance whose agent does the task, in the same namespace.'),
  schedule: formed(256, CRON, CRON_HINT).describe('When it is time, as in cron: five fields, or a macro like @daily.'),
  timeZone: formed(64, ZONE, ZONE_HINT)
    .default('UTC')
    .describe('Where the schedule’s clock hangs. The operator’s own zone never matters.'),
  task: z.string().min(1).max(MAX_TEXT).describe('What the agent shall do at each tick.'),
  concurrencyPolicy: z
    .enum(['Allow', 'Forbid', 'Replace'])
    .default('Allow')
    .describe(
      'What a tick does while a run of this schedule has not ended. Allow: starts one beside it. Forbid: is skipped. ' +
        'Replace: cancels it, and starts one when it has ended.',
    ),
  startingDeadlineSeconds: z
    .int32()
    .min(1)
    .optional()
    .describe(
      'How late a tick may start its run; later it counts as missed. Absent: the last tick starts however late.',
    ),
  suspend: z
    .boolean()
    .default(false)
    .describe('No tick starts anything while it is true; nothing is made up for later.'),
  history: z
    .object({
      succeeded: z.int32().min(0).max(1000).default(3).describe('Succeeded runs that are kept.'),
      failed: z.int32().min(0).max(1000).default(1).describe('Failed runs that are kept.'),
    })
    .prefault({})
    .describe('How many of its ended runs are kept, the newest ones; their ttl does not matter.'),
});

const time = z.iso.datetime();

export const scheduleStatus = z.object({
  observedGeneration,
  conditions,
  armed: z
    .object({
      schedule: z.string().max(256).describe('The spec.schedule that it goes by.'),
      timeZone: z.string().max(64).describe('The spec.timeZone that it goes by.'),
      since: time.describe('Earlier ticks of it are none: it was made, changed or resumed then.'),
    })
    .optional()
    .describe('What it goes by; absent while it is suspended or not valid.'),
  nextScheduleTime: time.optional().describe('The next tick.'),
  lastTickTime: time.optional().describe('The last tick that was dealt with, whatever became of it.'),
  lastScheduleTime: time.optional().describe('The last tick that started a run.'),
  lastSuccessfulTime: time.optional().describe('When the last run that succeeded ended.'),
  activeRuns: z.int32().min(0).optional().describe('Runs of this schedule that have not ended.'),
  active: z
    .array(objectRef)
    .max(MAX_LISTED_RUNS)
    .optional()
    .describe('Their names, oldest first; of more than 100 the newest 100.'),
  missedTicks: z.int().min(0).optional().describe('Ticks that started nothing so far: skipped, or too late.'),
});

export type SympoziumScheduleSpec = z.infer<typeof scheduleSpec>;
export type SympoziumScheduleStatus = z.infer<typeof scheduleStatus>;

/** Starts a task run of an instance whenever its cron expression says so. */
export interface SympoziumSchedule extends KubeObject {
  spec: SympoziumScheduleSpec;
  status?: SympoziumScheduleStatus;
}

export const SYMPOZIUM_SCHEDULE: Kind<SympoziumSchedule> = {
  apiVersion: API_VERSION,
  kind: 'SympoziumSchedule',
  plural: 'sympoziumschedules',
  namespaced: true,
};
