import type { Clock, Timer } from '@sympozium/process';

/** A clock that was set, or a machine that slept, is noticed within this time. */
const LOOK_MS = 10_000;

/** Calls out keys when their time has come: the earliest first, those of one time in the order of their names. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: (key: string) => void;
  readonly #times = new Map<string, number>();
  #timer: Timer | undefined;
  /** When the timer goes off by the clock of now. */
  #lookAt = Infinity;
  #stopped = false;

  constructor(clock: Clock, ring: (key: string) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Each key has one time, the last that was said; none when it is undefined. */
  set(key: string, time: number | undefined): void {
    if (this.#stopped) return;
    if (time === undefined) this.#times.delete(key);
    else this.#times.set(key, time);
    if (time !== undefined && time < this.#lookAt) this.#arm(time);
  }

  /** For good: who is still at work may go on to say times. */
  stop(): void {
    this.#stopped = true;
    this.#times.clear();
    this.#arm(Infinity);
  }

  #arm(first: number): void {
    this.#timer?.cancel();
    const now = this.#clock.now();
    this.#lookAt = first === Infinity ? Infinity : Math.min(first, now + LOOK_MS);
    this.#timer = first === Infinity ? undefined : this.#clock.after(this.#lookAt - now, () => this.#look());
  }

  #look(): void {
    const now = this.#clock.now();
    const due = [...this.#times].filter(([, time]) => time <= now).sort(byTime);
    for (const [key] of due) this.#times.delete(key);
    this.#arm([...this.#times.values()].reduce((first, time) => Math.min(first, time), Infinity));
    for (const [key] of due) this.#ring(key);
  }
}

const byTime = ([a, timeOfA]: readonly [string, number], [b, timeOfB]: readonly [string, number]): number =>
  timeOfA - timeOfB || (a < b ? -1 : 1);
