import { SympoziumError } from '@sympozium/api';
import type { Clock, Metrics } from '@sympozium/process';
import type { RunUpdate } from '@sympozium/run-client';

/** Counts and times the runs that somebody waited for. */
export class RunMetrics {
  readonly #clock: Clock;
  readonly #total;
  readonly #seconds;
  readonly #firstDelta;

  constructor(metrics: Metrics, clock: Clock) {
    this.#clock = clock;
    this.#total = metrics.counter(
      'sympozium_runs_total',
      'Runs waited for, by how the wait ended: Succeeded, or the code of the error that the caller got.',
      ['outcome'],
    );
    this.#seconds = metrics.histogram('sympozium_run_seconds', 'From the request to the end of the wait.', ['outcome']);
    this.#firstDelta = metrics.histogram(
      'sympozium_run_first_delta_seconds',
      'From the request to the first piece of a streamed answer.',
    );
  }

  /** Passes on what a waiter is told, and counts its end; `begun` is when the run was asked for. */
  async *count(updates: AsyncIterable<RunUpdate>, begun: number): AsyncGenerator<RunUpdate, void, undefined> {
    const passed = (): number => (this.#clock.now() - begun) / 1000;
    let isFirst = true;
    let outcome = 'Cancelled';
    try {
      for await (const update of updates) {
        if (update.type === 'ended') outcome = update.outcome.succeeded ? 'Succeeded' : update.outcome.reason;
        if (isFirst && (update.type === 'delta' || update.type === 'tool_call_delta')) {
          isFirst = false;
          this.#firstDelta.observe(passed());
        }
        yield update;
      }
    } catch (error) {
      outcome = error instanceof SympoziumError ? error.code : 'internal_error';
      throw error;
    } finally {
      this.#total.inc({ outcome });
      this.#seconds.observe({ outcome }, passed());
    }
  }
}
