const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** The signal that stopped the agent, or the error that nobody caught: the `reason` of the abort. */
export type StopReason = (typeof SIGNALS)[number] | Error;

/** Aborts at the first signal that asks the process to end, or at an error that nobody caught. */
export function stopSignal(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const stop = (reason: StopReason): void => controller.abort(reason);
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
  process.on('uncaughtException', stop);
  return controller.signal;
}
