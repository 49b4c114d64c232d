import type { Clock, Timer } from '@sympozium/process';
import { KubeError } from './error.js';

/** Aborts its signal when a watch has been silent for too long, or is to stop. */
export class Watchdog {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #silenceMs: number;
  readonly #silence = new AbortController();
  #timer: Timer;
  #lastEvent: number;

  constructor(clock: Clock, silenceMs: number, stop: AbortSignal) {
    this.#clock = clock;
    this.#silenceMs = silenceMs;
    this.#lastEvent = clock.now();
    this.signal = AbortSignal.any([stop, this.#silence.signal]);
    this.#timer = this.#arm(silenceMs);
  }

  /** Something was heard. */
  alive(): void {
    this.#lastEvent = this.#clock.now();
  }

  end(): void {
    this.#timer.cancel();
  }

  /** One timer for many events: it looks how long ago the last one was. */
  #arm(ms: number): Timer {
    return this.#clock.after(ms, () => {
      const left = this.#lastEvent + this.#silenceMs - this.#clock.now();
      if (left > 0) this.#timer = this.#arm(left);
      else this.#silence.abort(new KubeError(0, 'Unreachable', `the watch was silent for ${this.#silenceMs / 1000} s`));
    });
  }
}
