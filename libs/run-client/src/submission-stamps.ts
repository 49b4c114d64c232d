import type { Clock } from '@sympozium/process';

/** Times of submission with microseconds, RFC 3339: each is later than the one before, so that they tell the order. */
export class SubmissionStamps {
  readonly #clock: Clock;
  #lastMicros = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    this.#lastMicros = Math.max(this.#clock.now() * 1000, this.#lastMicros + 1);
    const milliseconds = Math.floor(this.#lastMicros / 1000);
    const micros = String(this.#lastMicros % 1000).padStart(3, '0');
    return new Date(milliseconds).toISOString().replace('Z', `${micros}Z`);
  }
}
