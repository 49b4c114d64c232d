import { delay, type Clock, type Runnable, type Timer } from '@sympozium/process';
import { HttpError } from './openai/errors.js';
import type { Readiness } from './runs/readiness.js';

export interface DrainOptions {
  readonly readiness: Readiness;
  readonly clock: Clock;
  /** How long requests are still taken after the stop was asked for: endpoints lag behind. */
  readonly drainMs: number;
  /** How long what is under way may then go on. */
  readonly graceMs: number;
}

/** The time between the stop signal and the end. As the last part to start it is the first to stop. */
export class Drain implements Runnable {
  readonly name = 'drain';
  readonly #options: DrainOptions;
  readonly #draining = new AbortController();
  readonly #stopping = new AbortController();
  #timer: Timer | undefined;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /** Aborted when the stop was asked for: callers are to go elsewhere, though nobody is turned away yet. */
  get draining(): AbortSignal {
    return this.#draining.signal;
  }

  /** Aborted when the grace is over. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  async start(): Promise<void> {}

  /** Not ready from now on; resolves when no more requests shall be taken. */
  async stop(): Promise<void> {
    const { readiness, clock, drainMs, graceMs } = this.#options;
    readiness.stop();
    this.#draining.abort();
    if (this.#timer) return;
    if (drainMs > 0) await delay(clock, drainMs);
    this.#timer = clock.after(graceMs, () =>
      this.#stopping.abort(
        new HttpError('overloaded', 'The proxy is stopping and cannot wait for the answer any longer.'),
      ),
    );
  }
}
