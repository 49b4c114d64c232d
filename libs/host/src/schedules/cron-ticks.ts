import type { SympoziumScheduleSpec } from '@sympozium/api';
import { Cron } from 'croner';
import { obstacle, type Obstacle } from '../plan/obstacle.js';

/** Ticks of a window that are told at most; of more it is known that there are more. */
export const MAX_TOLD = 1000;

/** What a window of time holds. */
export interface DueTicks {
  /** The last one, and the one before it. */
  readonly newest: number;
  readonly previous?: number | undefined;
  /** How many there are, up to `MAX_TOLD`. */
  readonly count: number;
}

/**
 * The ticks of a cron expression in a time zone, each a whole minute in milliseconds since 1970; no two are the same.
 * Where minute and hour are numbers, lists or ranges, a time that the clocks skip in spring comes when they have, and
 * one that they show twice in autumn comes once. With `*` or a step it is the time between ticks that counts: nothing
 * comes for what is skipped, and what is shown twice comes twice.
 */
export class CronTicks {
  readonly #cron: Cron;
  /** The last answer, which holds for whatever lies between: who waits asks again and again. */
  #known: { readonly after: number; readonly next: number | undefined } | undefined;

  /** Throws what croner throws. */
  constructor(schedule: string, timeZone: string) {
    this.#cron = new Cron(schedule, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' });
  }

  /** The first tick after a time; undefined: there never is one. */
  next(after: number): number | undefined {
    const known = this.#known;
    if (known && after >= known.after && after < (known.next ?? Infinity)) return known.next;
    const next = this.#cron.nextRun(new Date(after))?.getTime();
    this.#known = { after, next };
    return next;
  }

  /** The ticks after one time, up to and including another; undefined: there are none. */
  due(after: number, until: number): DueTicks | undefined {
    if ((this.next(after) ?? Infinity) > until) return undefined;
    const [newest, previous, ...older] = this.#back(after, until);
    return newest === undefined
      ? undefined
      : { newest, previous, count: older.length + (previous === undefined ? 1 : 2) };
  }

  /** Newest first. Most windows have one tick: only a large one is read as a whole. */
  #back(after: number, until: number): readonly number[] {
    for (const most of [2, 32, MAX_TOLD]) {
      const ticks = this.#cron.previousRuns(most, new Date(until + 1)).map((tick) => tick.getTime());
      const due = ticks.filter((tick) => tick > after);
      if (due.length < most || most === MAX_TOLD) return due;
    }
    return [];
  }
}

/** The ticks of a schedule, or why it has none. */
export function readTicks(
  { schedule, timeZone }: Pick<SympoziumScheduleSpec, 'schedule' | 'timeZone'>,
  now: number,
): CronTicks | Obstacle {
  if (!isZone(timeZone)) return obstacle('Ready', 'TimeZoneUnknown', timeZone);
  try {
    const ticks = new CronTicks(schedule, timeZone);
    return ticks.next(now) === undefined ? obstacle('Ready', 'ScheduleNeverFires', schedule) : ticks;
  } catch (error) {
    return obstacle('Ready', 'ScheduleInvalid', `${schedule}: ${reasonOf(error)}`);
  }
}

function isZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** What the parser says, without its own name. */
const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/^Cron\w+: /, '');
