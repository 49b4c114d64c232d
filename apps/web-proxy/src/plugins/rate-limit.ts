import type { SympoziumInstance } from '@sympozium/api';
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
    const { headers, release } = limits.admit(request.caller, instance && limitedBy(instance));
    reply.headers(headers);
    whenOver(request.raw, reply.raw, release);
  });
});

/** What an instance says of limits, as they are asked for. */
export function limitedBy({ metadata: { name }, spec }: SympoziumInstance): Parameters<RateLimits['admit']>[1] {
  const limits = spec.endpoint?.rateLimit;
  return { name, ...(limits && { limits }) };
}
