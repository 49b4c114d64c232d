import { row, type ErrorRow } from './error-row.js';

/** Why a schedule starts nothing, or a tick of it did not. The next tick is another matter. */
export const SCHEDULE_ERRORS = {
  ScheduleInvalid: row({
    surface: ['condition', 'cli'],
    meaning: 'spec.schedule is no cron expression.',
    action: 'Write five fields: minute, hour, day of month, month, day of week, such as "30 9 * * 1-5".',
  }),
  ScheduleNeverFires: row({
    surface: ['condition', 'cli'],
    meaning: 'spec.schedule names a day that never comes.',
    action: 'Correct day of month and month.',
  }),
  TimeZoneUnknown: row({
    surface: ['condition', 'cli'],
    meaning: 'spec.timeZone is not in the operator’s time zone database.',
    action: 'Write a zone of the IANA database such as Europe/Oslo, or UTC.',
  }),
  TickOverlapped: row({
    surface: ['condition'],
    meaning: 'A tick was skipped, because a run of the schedule had not ended and concurrencyPolicy is Forbid.',
    action: 'Give the task less to do, the schedule more time between ticks, or choose Allow or Replace.',
  }),
  TickMissed: row({
    surface: ['condition'],
    meaning: 'A tick could not start its run in time.',
    action: 'See whether the operator was away, or the run before slow to stop; or raise spec.startingDeadlineSeconds.',
  }),
  ScheduleNotFound: row({
    surface: ['cli'],
    meaning: 'There is no SympoziumSchedule of this name in the namespace.',
    action: 'Correct the name or give --namespace; `sympozium schedule list` shows what there is.',
  }),
} as const satisfies Record<string, ErrorRow>;
