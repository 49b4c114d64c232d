import type { Logger } from './logger.js';

/** Something with a life: an informer, a server, a queue's workers. */
export interface Runnable {
  readonly name: string;
  /** Resolves when it is ready to serve. Rejecting stops the process. */
  start(): Promise<void>;
  /** Resolves when its work has drained. Never rejects for having been stopped twice. */
  stop(): Promise<void>;
  /** Rejects when it cannot go on, though it had started; the process then ends. Never resolves. */
  readonly failed?: Promise<never>;
}

/** Runnables started in order and stopped in reverse. */
export class Lifecycle implements Runnable {
  readonly name: string;
  /** Rejects with the first of its parts that cannot go on. */
  readonly failed: Promise<never>;
  readonly #parts: readonly Runnable[];
  readonly #log: Logger;
  #started: Runnable[] = [];
  #stopping = false;

  constructor(name: string, parts: readonly Runnable[], log: Logger) {
    this.name = name;
    this.failed = Promise.race(parts.flatMap((part) => part.failed ?? []));
    this.failed.catch(() => {}); // for whoever waits; nobody has to
    this.#parts = parts;
    this.#log = log;
  }

  /** A part that fails to start ends the parts before it, then the start fails with its error. A stop ends a start. */
  async start(): Promise<void> {
    this.#stopping = false;
    for (const part of this.#parts) {
      if (this.#stopping) return;
      this.#started.push(part);
      try {
        await part.start();
      } catch (error) {
        await this.stop();
        throw error;
      }
    }
  }

  /** Stops what was started, last first; a part that fails to stop does not keep the others up. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const started = this.#started.reverse();
    this.#started = [];
    for (const part of started) {
      try {
        await part.stop();
      } catch (error) {
        this.#log.error({ err: error, part: part.name }, 'stop failed');
      }
    }
  }
}

/** Parts that do not rest on each other: they start at once, and none waits for another's drain. */
export const together = (name: string, parts: readonly Runnable[]): Runnable => ({
  name,
  start: async () => void (await Promise.all(parts.map((part) => part.start()))),
  stop: async () => void (await Promise.all(parts.map((part) => part.stop()))),
});

/**
 * Runs an app until SIGTERM or SIGINT: starts, logs `ready` with `describe()`, drains on the signal, exits 0.
 * A second signal exits at once. A failed start, a part that cannot go on or an unhandled rejection is logged and
 * exits 1.
 */
export async function runUntilSignal(
  app: Runnable,
  log: Logger,
  describe: () => Record<string, unknown> = () => ({}),
): Promise<void> {
  let signals = 0;
  const stopped = new Promise<void>((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      signals += 1;
      if (signals > 1) process.exit(130);
      log.info({ signal }, 'stopping');
      resolve();
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection');
    process.exit(1);
  });
  const failed = app.failed ?? new Promise<never>(() => {});
  let doing = 'start';
  try {
    await Promise.race([app.start(), stopped, failed]);
    doing = 'run';
    if (signals === 0) log.info(describe(), 'ready');
    await Promise.race([stopped, failed]);
    await Promise.race([app.stop(), failed]);
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, `${doing} failed`);
    process.exit(1);
  }
}
