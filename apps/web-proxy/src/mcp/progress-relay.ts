import type { Clock, Timer } from '@sympozium/process';

/** One progress notification; `progress` counts them, for it must grow each time. */
export interface Progress {
  readonly progress: number;
  /** What the agent has said since the last one. */
  readonly message?: string;
}

/** At most ten a second. */
const PACE_MS = 100;
/** Clients give up a call of which they hear nothing; a silent agent is announced so often. */
const SILENCE_MS = 10_000;

/**
 * Turns an agent's pieces into progress notifications at a pace that a client can bear. While one is on its way to a
 * slow client, pieces are put together, so that nobody has to wait and nothing is lost.
 */
export class ProgressRelay {
  readonly #clock: Clock;
  readonly #send: (progress: Progress) => Promise<void>;
  #pending = '';
  #count = 0;
  #lastAt = -Infinity;
  #sending: Promise<void> | undefined;
  #timer: Timer;
  #ended = false;

  constructor(clock: Clock, send: (progress: Progress) => Promise<void>) {
    this.#clock = clock;
    this.#send = send;
    this.#timer = clock.after(SILENCE_MS, () => this.#flush());
  }

  /** The agent's next piece. */
  say(text: string): void {
    this.#pending += text;
    if (!this.#sending) this.#schedule();
  }

  /** Sends what is left; resolves when it is written. */
  async finish(): Promise<void> {
    this.stop();
    await this.#sending;
    if (this.#pending !== '') await this.#next();
  }

  /** Nothing is sent from now on. */
  stop(): void {
    this.#ended = true;
    this.#timer.cancel();
  }

  #schedule(): void {
    this.#timer.cancel();
    if (this.#ended) return;
    const waitMs = this.#pending === '' ? SILENCE_MS : this.#lastAt + PACE_MS - this.#clock.now();
    if (waitMs <= 0) this.#flush();
    else this.#timer = this.#clock.after(waitMs, () => this.#flush());
  }

  #flush(): void {
    this.#sending = this.#next().finally(() => {
      this.#sending = undefined;
      this.#schedule();
    });
  }

  async #next(): Promise<void> {
    const message = this.#pending;
    this.#pending = '';
    this.#lastAt = this.#clock.now();
    await this.#send({ progress: ++this.#count, ...(message !== '' && { message }) });
  }
}
