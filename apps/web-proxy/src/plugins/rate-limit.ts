import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import type { RateLimits } from '../limits/rate-limits.js';
import type { Catalogue } from '../runs/catalogue.js';
import { whenOver } from '../when-over.js';

export interface RateLimitOptions {
  readonly limits: RateLimits;
  readonly catalogue: Catalogue;
}

/** Counts the requests of its scope against the caller's limits, or those of the instance that the body names. */
export const rateLimit = plugin(async (app: FastifyInstance, { limits, catalogue }: RateLimitOptions) => {
  app.addHook('preHandler', async (request, reply) => {
    const model = (request.body as { model?: unknown } | null | undefined)?.model;
    const instance = typeof model === 'string' ? catalogue.find(request.caller, model) : undefined;
    const own = instance?.spec.endpoint?.rateLimit;
    const { headers, release } = limits.admit(
      request.caller,
      instance && { name: instance.metadata.name, ...(own && { limits: own }) },
    );
    reply.headers(headers);
    whenOver(request.raw, reply.raw, release);
  });
});
