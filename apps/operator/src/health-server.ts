import { errorSentence, SympoziumError } from '@sympozium/api';
import type { Metrics, Runnable } from '@sympozium/process';
import { fastify, type FastifyInstance } from 'fastify';

export interface HealthServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly metrics: Metrics;
  /** What keeps the operator from its work, as sentences; nothing when it is ready. */
  readonly missing: () => Promise<readonly string[]>;
}

/** Probes and metrics over HTTP: `/healthz`, `/readyz`, `/metrics`. */
export class HealthServer implements Runnable {
  readonly name = 'health server';
  readonly #options: HealthServerOptions;
  readonly #app: FastifyInstance;

  constructor(options: HealthServerOptions) {
    this.#options = options;
    this.#app = buildApp(options);
  }

  /** The port it listens on; only once it has started. */
  get port(): number {
    const address = this.#app.server.address();
    return typeof address === 'object' && address !== null ? address.port : this.#options.port;
  }

  async start(): Promise<void> {
    const { host, port } = this.#options;
    try {
      await this.#app.listen({ host, port });
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'EADDRINUSE') throw cause;
      throw new SympoziumError('PORT_IN_USE', errorSentence('PORT_IN_USE', `PORT ${port}`), { cause });
    }
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }
}

/** The routes, not listening. */
export function buildApp({ metrics, missing }: Pick<HealthServerOptions, 'metrics' | 'missing'>): FastifyInstance {
  const app = fastify({ forceCloseConnections: true });
  app.get('/healthz', () => ({ ok: true }));
  app.get('/readyz', async (_request, reply) => {
    const lacks = await missing();
    const ready = lacks.length === 0;
    return reply.code(ready ? 200 : 503).send({ ready, ...(!ready && { missing: lacks }) });
  });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await metrics.expose();
    return reply.type(contentType).send(body);
  });
  return app;
}
