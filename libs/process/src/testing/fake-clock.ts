import type { Clock, Timer } from '../clock.js';

interface Armed {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A clock that stands until it is moved; timers fire in the order of their time, then of their making. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  readonly #armed = new Set<Armed>();

  constructor(start = Date.parse('2026-01-01T00:00:00Z')) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer: Armed = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#armed.add(timer);
    return { cancel: () => void this.#armed.delete(timer) };
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#armed.size;
  }

  /** Moves the time, firing what falls due on the way; promises settle before, between and after the timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#now = next.at;
      this.#armed.delete(next);
      next.run();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #next(end: number): Armed | undefined {
    let first: Armed | undefined;
    for (const timer of this.#armed)
      if (timer.at <= end && (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)))
        first = timer;
    return first;
  }
}

/** Lets everything that is ready to run, run: promises and I/O callbacks of one turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
