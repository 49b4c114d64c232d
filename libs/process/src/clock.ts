/** A timer that can be given up. */
export interface Timer {
  cancel(): void;
}

/** The time and timers, injected so that tests can move them. */
export interface Clock {
  /** Milliseconds since 1970, as Date.now(). */
  now(): number;
  /** Calls `run` once after `delayMs`. Does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
}

/** setTimeout fires at once for longer delays; such a timer is set again in steps. */
const MAX_DELAY_MS = 2_147_483_647;

/** The machine’s clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    let handle: NodeJS.Timeout;
    const arm = (left: number): void => {
      const step = Math.min(left, MAX_DELAY_MS);
      handle = setTimeout(() => (left > step ? arm(left - step) : run()), step);
      handle.unref();
    };
    arm(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs` of the clock; rejects with the signal’s reason when that comes first. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason as Error);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
