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
    const ticks = this.#back(after, until);
    const [newest, previous] = ticks;
    return newest === undefined ? undefined : { newest, previous, count: ticks.length };
  }

  /** Newest first, no more than are told: a tick costs a tenth of a millisecond. */
  #back(after: number, until: number): readonly number[] {
    const ticks: number[] = [];
    let tick = this.#last(until + 1);
    while (tick !== undefined && tick > after && ticks.length < MAX_TOLD) {
      ticks.push(tick);
      tick = this.#last(tick);
    }
    return ticks;
  }

  /** The last tick before a time. */
  #last(before: number): number | undefined {
    return this.#cron.previousRuns(1, new Date(before))[0]?.getTime();
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
