import type { Clock } from '@sympozium/process';

const DELAY_MS = 10_000;

/** When the runs of each instance are counted: a while after the first change, so that short runs never show. */
export class CountSchedule {
  readonly #clock: Clock;
  readonly #due = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes that the runs of an instance changed; how long until they are counted. */
  changed(key: string): number {
    const due = this.#due.get(key) ?? this.#clock.now() + DELAY_MS;
    this.#due.set(key, due);
    return due - this.#clock.now();
  }

  /** How long until they are counted, 0 when they are due; undefined when nothing changed. */
  left(key: string): number | undefined {
    const due = this.#due.get(key);
    return due === undefined ? undefined : Math.max(0, due - this.#clock.now());
  }

  /** They were counted, or there is no such instance any more. */
  settle(key: string): void {
    this.#due.delete(key);
  }
}
