import type { FastifyInstance } from 'fastify';
import type { Readiness } from '../runs/readiness.js';

/** `GET /healthz`: the process answers. `GET /readyz`: it can serve; else 503 with what is missing. */
export async function healthRoutes(app: FastifyInstance, { readiness }: { readiness: Readiness }): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const missing = await readiness.missing();
    if (missing.length === 0) return { status: 'ok' };
    return reply.code(503).send({ status: 'not ready', missing });
  });
}
