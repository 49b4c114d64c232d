import { backoffMs, type BackoffOptions, type Clock, type Random, type Timer } from '@sympozium/process';

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Delays of `retry`; default 10 ms doubling up to a minute. */
  readonly backoff?: BackoffOptions;
  /** Called when the number of ready keys may have changed. */
  readonly onDepth?: (depth: number) => void;
}

interface Delayed {
  readonly at: number;
  readonly timer: Timer;
}

const BACKOFF: BackoffOptions = { initialMs: 10, maxMs: 60_000 };

/**
 * Keys that wait for work, in the order in which they became due. A key is handed out to one worker at a time, and
 * waits at most once: it has one next time, the earliest that was asked for. What is asked for while the key is being
 * worked on counts for the time after.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  /** Due now; a Set keeps the order of arrival. */
  readonly #ready = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  /** Handed out by `next` and not yet `done`. */
  readonly #active = new Set<string>();
  /** Active, and due again. */
  readonly #again = new Set<string>();
  readonly #failures = new Map<string, number>();
  #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
  }

  /** How many keys are due and wait for a worker. */
  get depth(): number {
    return this.#ready.size;
  }

  /** How many keys wait for their time. */
  get delayed(): number {
    return this.#delayed.size;
  }

  /** Makes a key due after `delayMs`, or earlier if that was asked for already. */
  add(key: string, delayMs = 0): void {
    if (this.#closed || this.#ready.has(key) || this.#again.has(key)) return;
    if (delayMs > 0) this.#delay(key, delayMs);
    else this.#due(key);
  }

  /**
   * Makes a key due after a delay that doubles with each retry since the last `forget`, and is at least `atLeastMs`.
   * Returns the delay.
   */
  retry(key: string, atLeastMs = 0): number {
    const { random, backoff = BACKOFF } = this.#options;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.max(atLeastMs, backoffMs(backoff, failures, random));
    this.add(key, delayMs);
    return delayMs;
  }

  /** Ends a series of retries: the next one starts with the shortest delay. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next due key, as soon as there is one; undefined once the queue is closed. Tell `done` afterwards. */
  next(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#takers.push(resolve);
      this.#hand();
    });
  }

  /** The key's worker has finished; it may be handed out again. */
  done(key: string): void {
    this.#active.delete(key);
    if (this.#again.delete(key)) this.#due(key);
  }

  /** Hands out nothing more, drops what waits, and leaves no timer behind. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    for (const waiting of [this.#delayed, this.#ready, this.#again, this.#failures]) waiting.clear();
    for (const taker of this.#takers) taker(undefined);
    this.#takers = [];
    this.#options.onDepth?.(0);
  }

  #delay(key: string, delayMs: number): void {
    const { clock } = this.#options;
    const at = clock.now() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier && earlier.at <= at) return;
    earlier?.timer.cancel();
    this.#delayed.set(key, { at, timer: clock.after(delayMs, () => this.#due(key)) });
  }

  #due(key: string): void {
    if (this.#closed) return;
    this.#delayed.get(key)?.timer.cancel();
    this.#delayed.delete(key);
    if (this.#active.has(key)) {
      this.#again.add(key);
      return;
    }
    this.#ready.add(key);
    this.#hand();
  }

  #hand(): void {
    for (const key of this.#ready) {
      const taker = this.#takers.shift();
      if (!taker) break;
      this.#ready.delete(key);
      this.#active.add(key);
      taker(key);
    }
    this.#options.onDepth?.(this.#ready.size);
  }
}
