import type { Logger } from './logger.js';

/** Something with a life: an informer, a server, a queue's workers. */
export interface Runnable {
  readonly name: string;
  /** Resolves when it is ready to serve. Rejecting stops the process. */
  start(): Promise<void>;
  /** Resolves when its work has drained. Never rejects for having been stopped twice. */
  stop(): Promise<void>;
}

/** Runnables started in order and stopped in reverse. */
export class Lifecycle implements Runnable {
  readonly name: string;
  readonly #parts: readonly Runnable[];
  readonly #log: Logger;
  #started: Runnable[] = [];
  #stopping = false;

  constructor(name: string, parts: readonly Runnable[], log: Logger) {
    this.name = name;
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

/**
 * Runs an app until SIGTERM or SIGINT: starts, logs `ready` with `describe()`, drains on the signal, exits 0.
 * A second signal exits at once. A failed start or an unhandled rejection is logged and exits 1.
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
  try {
    const starting = app.start();
    await Promise.race([starting, stopped]);
    if (signals === 0) log.info(describe(), 'ready');
    await stopped;
    await app.stop();
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, 'start failed');
    process.exit(1);
  }
}
