import type { SympoziumSchedule } from '@sympozium/api';
import type { Obstacle } from '../plan/obstacle.js';
import { readTicks, type CronTicks } from './cron-ticks.js';

interface Entry {
  readonly schedule: string;
  readonly timeZone: string;
  readonly ticks: CronTicks | Obstacle;
}

/** The ticks of schedules, each read once for as long as its expression and zone are what they were. */
export class TickBook {
  readonly #entries = new Map<string, Entry>();

  ticksOf(key: string, { spec: { schedule, timeZone } }: SympoziumSchedule, now: number): CronTicks | Obstacle {
    const known = this.#entries.get(key);
    if (known?.schedule === schedule && known.timeZone === timeZone) return known.ticks;
    const ticks = readTicks({ schedule, timeZone }, now);
    this.#entries.set(key, { schedule, timeZone, ticks });
    return ticks;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
}
