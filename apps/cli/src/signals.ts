const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface AwaitedSignal {
  /** Resolves at the first SIGINT, SIGTERM or SIGHUP. */
  readonly received: Promise<void>;
  /** Aborted at the same moment. */
  readonly aborted: AbortSignal;
  forget(): void;
}

/** Waits for the user to end the command. A second signal ends it at once. */
export function nextSignal(): AwaitedSignal {
  const controller = new AbortController();
  let seen = false;
  let resolve = (): void => {};
  const received = new Promise<void>((done) => (resolve = done));
  const handler = (): void => {
    if (seen) process.exit(130);
    seen = true;
    controller.abort();
    resolve();
  };
  for (const name of SIGNALS) process.on(name, handler);
  return {
    received,
    aborted: controller.signal,
    forget: () => SIGNALS.forEach((name) => process.off(name, handler)),
  };
}
