import { isConflict, KubeError } from '@sympozium/kube';
import type { BackoffOptions, Clock, Logger, Metrics, Random, Runnable, Timer } from '@sympozium/process';
import { controllerMetrics, type ControllerMetrics } from './controller-metrics.js';
import { WorkQueue } from './work-queue.js';

export interface Reconciled {
  /** Look at the key again after this time, whatever happens. */
  readonly recheckAfterMs?: number;
}

export interface ControllerOptions {
  readonly name: string;
  /** How many keys are reconciled at once. */
  readonly workers: number;
  /**
   * Makes the world as the object of `key` wishes it. Never runs twice at once for one key; runs again after a throw,
   * with a growing delay.
   */
  readonly reconcile: (key: string) => Promise<Reconciled | void>;
  /** Whether the caches contain the own last writes of `key`; it is not reconciled before (see `OwnWrites`). */
  readonly settled?: (key: string) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  readonly backoff?: BackoffOptions;
}

/** An informer's event makes a key settled and due; this is for writes that show in the cache without one. */
const UNSETTLED_RECHECK_MS = 1_000;
/** How long a stop waits for running reconciles. */
const DRAIN_MS = 5_000;

/** Reconciles keys with a fixed number of workers. Keys may be enqueued before it starts; it has one life. */
export class Controller implements Runnable {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #metrics: ControllerMetrics;
  #stopping = false;
  #workers: Promise<void>[] = [];

  constructor(options: ControllerOptions) {
    const { name, clock, random, backoff } = options;
    this.name = name;
    this.#options = options;
    this.#metrics = controllerMetrics(name, options.metrics);
    const onDepth = (depth: number): void => this.#metrics.depth(depth);
    this.#queue = new WorkQueue({ clock, random, onDepth, ...(backoff ? { backoff } : {}) });
  }

  /** Reconciles the key soon, or after `afterMs`, or earlier if that was asked for already. */
  enqueue(key: string, afterMs = 0): void {
    this.#queue.add(key, afterMs);
  }

  async start(): Promise<void> {
    this.#workers = Array.from({ length: this.#options.workers }, () => this.#work());
  }

  /**
   * Takes no more keys and waits for the running reconciles. What hangs for longer than five seconds, as calls to an
   * API server that is away do, is left behind: it may end when its connection is closed.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#queue.close();
    const { clock, log } = this.#options;
    let patience: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      patience = clock.after(DRAIN_MS, () => {
        log.warn({ controller: this.name }, 'stopped while reconciles were running; the next start takes them up');
        resolve();
      });
    });
    await Promise.race([Promise.all(this.#workers), late]);
    patience?.cancel();
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.next(); key !== undefined; key = await this.#queue.next()) {
      const began = this.#options.clock.now();
      const outcome = await this.#reconcile(key);
      this.#metrics.reconciled(outcome, this.#options.clock.now() - began);
      this.#queue.done(key);
    }
  }

  async #reconcile(key: string): Promise<'done' | 'failed' | 'stale'> {
    const { reconcile, settled } = this.#options;
    try {
      if (settled?.(key) === false) {
        this.#queue.add(key, UNSETTLED_RECHECK_MS);
        return 'stale';
      }
      const result = await reconcile(key);
      this.#queue.forget(key);
      if (result?.recheckAfterMs !== undefined) this.#queue.add(key, result.recheckAfterMs);
      return 'done';
    } catch (error) {
      this.#failed(key, error);
      return 'failed';
    }
  }

  #failed(key: string, error: unknown): void {
    const { log } = this.#options;
    if (this.#stopping) {
      log.info(
        { err: error, key, controller: this.name },
        'reconcile failed while stopping; the next start takes it up',
      );
      return;
    }
    const retryMs = this.#queue.retry(key, error instanceof KubeError ? error.retryAfterMs : 0);
    this.#metrics.retried();
    const level = isConflict(error) ? 'debug' : 'warn'; // a conflict only says that the cache was behind
    log[level]({ err: error, key, retryMs, controller: this.name }, 'reconcile failed, trying again');
  }
}
