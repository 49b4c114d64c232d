import type { Clock } from '@sympozium/process';

/** So many repairs within the window may be accidents; more of them are a fight. */
const MOST = 20;
const WINDOW_MS = 10 * 60_000;

/** One object that is put right, in one way. */
export interface Repair {
  readonly object: string;
  /** Tells wishes apart: a new one is no repair of the one before. */
  readonly wish?: string | undefined;
}

interface Spent {
  readonly wish: string | undefined;
  readonly times: readonly number[];
}

/** Counts how often the same object is made as it was wished before, so that a fight with another controller ends. */
export class RepairBudget {
  readonly #clock: Clock;
  /** The one that was repaired longest ago first. */
  readonly #spent = new Map<string, Spent>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it has been repaired too often to be repaired now. */
  isSpent(repair: Repair): boolean {
    return this.#times(repair).length >= MOST;
  }

  /** Counts a repair that was made. */
  count(repair: Repair): void {
    const times = [...this.#times(repair), this.#clock.now()];
    this.#spent.delete(repair.object);
    this.#spent.set(repair.object, { wish: repair.wish, times });
    this.#forget();
  }

  #times({ object, wish }: Repair): readonly number[] {
    const known = this.#spent.get(object);
    return known && known.wish === wish ? known.times.filter((time) => time > this.#since()) : [];
  }

  #forget(): void {
    for (const [object, { times }] of this.#spent) {
      if ((times.at(-1) ?? 0) > this.#since()) return;
      this.#spent.delete(object);
    }
  }

  #since(): number {
    return this.#clock.now() - WINDOW_MS;
  }
}
