import type { Clock, Timer } from '@sympozium/process';
import type { ProbeResult } from './probe-result.js';
import type { ProbeSchedule } from './probe-schedule.js';

/** One look at a container; gives up when the signal says so, and never rejects. */
export type Prober = (signal: AbortSignal) => Promise<ProbeResult>;

export interface ProbeWorkerOptions {
  readonly clock: Clock;
  readonly schedule: ProbeSchedule;
  readonly prober: Prober;
  /**
   * Looks oftener than asked until it first goes well: a process is up long before the first period is over. Only the
   * looks that were asked for count as failures.
   */
  readonly eager: boolean;
  /** Called when the threshold is reached, once for each change; `failure` is the last look's. */
  readonly onVerdict: (ok: boolean, failure: string) => void;
}

/** The first pause between eager looks, and how the next ones grow: a process is seen soon, in proportion to its start. */
const FIRST_EAGER_MS = 25;
const EAGER_GROWTH = 1.25;

/** Looks at a container again and again, one look at a time, until it is stopped. */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  #stopped = false;
  #current: AbortController | undefined;
  #timer: Timer | undefined;
  #due: number;
  #eagerMs = FIRST_EAGER_MS;
  #eager: boolean;
  #verdict: boolean | undefined;
  #row = { ok: true, length: 0 };

  /** The first look is when the initial delay, counted from `startedAt`, is over. */
  constructor(options: ProbeWorkerOptions, startedAt: number) {
    this.#options = options;
    this.#eager = options.eager;
    this.#due = startedAt + options.schedule.initialDelayMs;
    this.#arm(this.#due);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#current?.abort();
  }

  #arm(at: number): void {
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(0, at - clock.now()), () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, prober, schedule } = this.#options;
    const asked = clock.now() >= this.#due;
    if (asked) this.#due = clock.now() + schedule.periodMs;
    const result = await this.#limited(prober);
    if (this.#stopped) return;
    if (result.ok) this.#eager = false;
    if (asked || result.ok) this.#count(result);
    if (!this.#stopped) this.#arm(this.#next());
  }

  async #limited(prober: Prober): Promise<ProbeResult> {
    const { clock, schedule } = this.#options;
    const current = new AbortController();
    this.#current = current;
    const late = new Error(`no answer within ${schedule.timeoutMs} ms`);
    const timer = clock.after(schedule.timeoutMs, () => current.abort(late));
    const result = await prober(current.signal);
    timer.cancel();
    return result;
  }

  #next(): number {
    if (!this.#eager) return this.#due;
    const next = this.#options.clock.now() + this.#eagerMs;
    this.#eagerMs *= EAGER_GROWTH;
    return Math.min(next, this.#due);
  }

  #count(result: ProbeResult): void {
    const { schedule, onVerdict } = this.#options;
    const length = result.ok === this.#row.ok ? this.#row.length + 1 : 1;
    this.#row = { ok: result.ok, length };
    const enough = length >= (result.ok ? schedule.successes : schedule.failures);
    if (!enough || this.#verdict === result.ok) return;
    this.#verdict = result.ok;
    onVerdict(result.ok, result.ok ? '' : result.failure);
  }
}
