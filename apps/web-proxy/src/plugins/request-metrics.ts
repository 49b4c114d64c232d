import type { Clock, Metrics } from '@sympozium/process';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { whenOver } from '../when-over.js';

export interface RequestMetricsOptions {
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/** Counts and times every request, by route and status. */
export const requestMetrics = plugin(async (app: FastifyInstance, { metrics, clock }: RequestMetricsOptions) => {
  const labels = ['method', 'route', 'status'] as const;
  const total = metrics.counter(
    'sympozium_http_requests_total',
    'Requests answered or given up by their callers.',
    labels,
  );
  const seconds = metrics.histogram('sympozium_http_request_seconds', 'Time to the last byte of the answer.', labels);
  const running = metrics.gauge('sympozium_http_requests_in_flight', 'Requests being answered.');
  app.addHook('onRequest', async (request, reply) => {
    const begun = clock.now();
    running.inc();
    whenOver(request.raw, reply.raw, (delivered) => {
      running.dec();
      const status = delivered ? String(reply.raw.statusCode) : 'gone';
      const of = { method: request.method, route: request.routeOptions.url ?? 'unknown', status };
      total.inc(of);
      seconds.observe(of, (clock.now() - begun) / 1000);
    });
  });
});
