import { SympoziumError } from '@sympozium/api';
import type { CallOptions } from '@sympozium/kube';
import {
  backoffMs,
  delay,
  type Clock,
  type Logger,
  type Metrics,
  type Random,
  type Runnable,
  type Timer,
} from '@sympozium/process';
import { LeaseLock, type LeaseClient } from './lease-lock.js';

export interface LeaderElectionOptions {
  readonly client: LeaseClient;
  /** Namespace and name of the Lease. */
  readonly namespace: string;
  readonly name: string;
  /** Who this candidate is in the Lease: nobody else, not even an earlier life of this process. */
  readonly identity: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** How long the others leave a leader alone that they do not hear of; default 15 s. */
  readonly leaseMs?: number;
  /** A leader that could not renew for so long gives up; default 10 s. Less than `leaseMs`. */
  readonly renewMs?: number;
  /** How often the leader renews; default 2 s. The others look as often, and whenever the Lease changes. */
  readonly retryMs?: number;
  /** What becomes of the Lease at a stop: the next one may have it at once, the default, or there is none any more. */
  readonly atEnd?: 'free' | 'deleted';
}

/**
 * Runs `leading` in at most one of several processes: the one that holds a Lease, by the protocol of client-go's
 * leaderelection. A standby only reads. It has one life: when the Lease is lost, `leading` is stopped and `failed`
 * rejects; then the process has to end at once, for what is still under way may meet the work of the next leader.
 */
export class LeaderElection implements Runnable {
  readonly name = 'leader election';
  /** Rejects when the Lease is lost, or `leading` does not start. */
  readonly failed: Promise<never>;
  readonly #options: LeaderElectionOptions;
  readonly #leading: Runnable;
  readonly #lock: LeaseLock;
  readonly #renewMs: number;
  readonly #retryMs: number;
  readonly #end = new AbortController();
  #fail: (error: unknown) => void = () => {};
  #isLeader = false;
  #problem: string | undefined;
  #holder: string | undefined;
  /** Ends this process' leadership unless it is renewed. */
  #deadline: Timer | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LeaderElectionOptions, leading: Runnable) {
    const { leaseMs = 15_000, renewMs = 10_000, retryMs = 2_000 } = options;
    if (retryMs >= renewMs || renewMs >= leaseMs) throw new RangeError('it must be that retryMs < renewMs < leaseMs');
    this.#options = options;
    this.#leading = leading;
    this.#lock = new LeaseLock({ ...options, leaseMs });
    this.#renewMs = renewMs;
    this.#retryMs = retryMs;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => {}); // for whoever waits; nobody has to
    this.#become(false);
  }

  /** Whether `leading` runs here. */
  get isLeader(): boolean {
    return this.#isLeader;
  }

  /** Why it can neither lead nor tell who does, as a sentence; nothing when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves at once: a standby is ready too. */
  async start(): Promise<void> {
    this.#running ??= this.#run();
  }

  /** Stops `leading`, holds the Lease until it has drained, then gives it up so that the next one need not wait. */
  async stop(): Promise<void> {
    if (this.#isLeader) await this.#leading.stop();
    this.#end.abort();
    await this.#running;
    this.#deadline?.cancel();
    this.#become(false);
    await this.#release();
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#end.signal.aborted;) {
      const held = await this.#attempt();
      this.#follow(held);
      failures = held === undefined ? failures + 1 : 0;
      await this.#pause(held, failures);
    }
  }

  /** Until the Lease is to be renewed, or to be looked at again: when it changes, and after a while in any case. */
  async #pause(held: boolean | undefined, failures: number): Promise<void> {
    const { clock, random } = this.#options;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#end.signal]);
    const retryMs = this.#retryMs;
    const initialMs = held === undefined ? retryMs / 4 : retryMs;
    const ms = held ? retryMs : backoffMs({ initialMs, maxMs: retryMs }, failures, random);
    const events = [delay(clock, ms, signal), ...(held === false ? [this.#lock.changed({ signal })] : [])];
    await Promise.race(events).catch(() => {});
    over.abort();
  }

  /** Whether the Lease is held now; undefined when that cannot be told. */
  async #attempt(): Promise<boolean | undefined> {
    // Counted from before the call, since nobody can have seen the renewal earlier.
    const deadline = this.#options.clock.after(this.#renewMs, () =>
      this.#lose(`it could not be renewed for ${this.#renewMs / 1_000} s`),
    );
    let held = false;
    try {
      held = await this.#within(this.#renewMs / 2, (call) => this.#lock.hold(call));
      this.#problem = undefined;
      return held;
    } catch (error) {
      if (!this.#end.signal.aborted) this.#tellProblem(error);
      return undefined;
    } finally {
      if (held) this.#deadline?.cancel();
      if (held) this.#deadline = deadline;
      else deadline.cancel();
    }
  }

  /** Does what an attempt asks for. */
  #follow(held: boolean | undefined): void {
    if (this.#end.signal.aborted) return;
    if (held && !this.#isLeader) this.#lead();
    if (held !== false || !this.#lock.isAnothers) return;
    const { holder } = this.#lock;
    if (this.#isLeader) this.#lose(`${holder} holds it`);
    else if (holder !== this.#holder) this.#options.log.info({ lease: this.#lease, holder }, 'standing by');
    this.#holder = holder;
  }

  #lead(): void {
    const { log, identity } = this.#options;
    log.info({ lease: this.#lease, identity }, 'leading');
    this.#become(true);
    this.#leading.start().catch((error: unknown) => this.#giveUp(error));
  }

  #lose(why: string): void {
    if (!this.#isLeader) return;
    this.#become(false);
    this.#end.abort();
    this.#leading.stop().catch((err: unknown) => this.#options.log.error({ err }, 'stop failed'));
    const rest = 'this process ends, and another one leads. See whether the API server answers in time.';
    this.#fail(new SympoziumError('LEADERSHIP_LOST', `The Lease ${this.#lease} is lost: ${why}; ${rest}`));
  }

  /** Without what is to lead, somebody else may try. */
  async #giveUp(error: unknown): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    await this.#running;
    this.#deadline?.cancel();
    this.#become(false);
    await this.#release();
    this.#fail(error);
  }

  async #release(): Promise<void> {
    try {
      await this.#within(this.#retryMs, (call) => this.#lock.release(call), []);
    } catch (err) {
      this.#options.log.warn({ err, lease: this.#lease }, 'the Lease was not given up; others wait until it expires');
    }
  }

  async #within<T>(ms: number, call: (options: CallOptions) => Promise<T>, ends = [this.#end.signal]): Promise<T> {
    const late = new AbortController();
    const timer = this.#options.clock.after(ms, () => late.abort(new Error(`no answer within ${ms / 1_000} s`)));
    try {
      return await call({ signal: AbortSignal.any([late.signal, ...ends]) });
    } finally {
      timer.cancel();
    }
  }

  #tellProblem(err: unknown): void {
    const why = err instanceof Error ? err.message : String(err);
    const problem = `The Lease ${this.#lease} cannot be held or read: ${why}`;
    if (problem !== this.#problem)
      this.#options.log.warn({ err, lease: this.#lease }, 'leader election failed, trying again');
    this.#problem = problem;
  }

  #become(isLeader: boolean): void {
    this.#isLeader = isLeader;
    const gauge = this.#options.metrics?.gauge(
      'sympozium_leader',
      'Whether this process leads: 1, or 0 for a standby.',
    );
    gauge?.set(isLeader ? 1 : 0);
  }

  get #lease(): string {
    return `${this.#options.namespace}/${this.#options.name}`;
  }
}
