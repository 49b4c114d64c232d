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
