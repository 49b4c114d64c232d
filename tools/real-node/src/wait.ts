import { SympoziumError } from '@sympozium/api';
import { delay, systemClock, type Clock } from '@sympozium/process';

const ASK_EVERY_MS = 100;
/** Long enough for any part of a node on a busy machine. */
export const START_WITHIN_MS = 120_000;

export interface WaitOptions {
  /** In words that follow “not”, for the error. */
  readonly what: string;
  readonly withinMs: number;
  /** Rejects when there is nothing more to wait for. */
  readonly failed: Promise<never>;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Asks until the answer is yes; an error is a no. */
export async function waitUntil(isSo: () => Promise<boolean>, options: WaitOptions): Promise<void> {
  const { what, withinMs, failed, signal, clock = systemClock } = options;
  const deadline = clock.now() + withinMs;
  let last: unknown;
  const ask = (): Promise<boolean> =>
    isSo().catch((error: unknown) => {
      last = error;
      return false;
    });
  while (!(await Promise.race([ask(), failed]))) {
    if (clock.now() > deadline)
      throw new SympoziumError('PROCESS_ENDED', `after ${withinMs / 1000} s not ${what}.`, { cause: last });
    await Promise.race([delay(clock, ASK_EVERY_MS, signal), failed]);
  }
}
