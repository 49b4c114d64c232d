import type { Logger, Metrics } from '@sympozium/process';
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import { healthRoutes } from './routes/health.js';
import type { Readiness } from './runs/readiness.js';

export interface MetricsAppDependencies {
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly log: Logger;
}

/** `GET /metrics` and the probes, on a port that no caller reaches. */
export async function buildMetricsApp({ metrics, readiness, log }: MetricsAppDependencies): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
  });
  await app.register(healthRoutes, { readiness });
  app.get('/metrics', async (_request, reply) => {
    const { contentType, body } = await metrics.expose();
    return reply.type(contentType).send(body);
  });
  return app;
}
