import { SympoziumError } from '@sympozium/api';
import { delay, type Clock, type Runnable } from '@sympozium/process';
import type { FastifyInstance } from 'fastify';
import { whenOver } from './when-over.js';

export interface HttpServerOptions {
  readonly name: string;
  readonly app: FastifyInstance;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly clock: Clock;
}

const SWEEP_MS = 100;

/** A fastify app that listens from `start()` until `stop()`, which waits for the answers that are under way. */
export class HttpServer implements Runnable {
  readonly name: string;
  readonly #options: HttpServerOptions;
  #answering = 0;

  constructor(options: HttpServerOptions) {
    this.name = options.name;
    this.#options = options;
    options.app.server.on('request', (request, response) => {
      this.#answering += 1;
      whenOver(request, response, () => (this.#answering -= 1));
    });
  }

  /** The port it listens on. */
  get port(): number {
    const address = this.#options.app.server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  async start(): Promise<void> {
    const { app, host, port } = this.#options;
    try {
      await app.listen({ host, port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      const message = `${this.name}: port ${port} of ${host} is in use. Stop its process, or choose another port.`;
      throw new SympoziumError('PORT_IN_USE', message, { cause: error });
    }
  }

  async stop(): Promise<void> {
    const { app, clock } = this.#options;
    const closed = new AbortController();
    const closing = app.close().finally(() => closed.abort());
    await this.#sweep(closed.signal, clock);
    await closing;
  }

  /** Once nothing is being answered, connections that are kept for later, or were opened and never used, are cut. */
  async #sweep(closed: AbortSignal, clock: Clock): Promise<void> {
    const { server } = this.#options.app;
    while (!closed.aborted) {
      if (this.#answering === 0) server.closeAllConnections();
      else server.closeIdleConnections();
      await delay(clock, SWEEP_MS, closed).catch(() => {}); // it is closed
    }
  }
}
