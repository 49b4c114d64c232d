import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { HttpError } from '../openai/errors.js';
import { whenOver } from '../when-over.js';

export interface InFlightOptions {
  /** Most requests at once. */
  readonly most: number;
}

/** Bounds how many requests are worked on at once. */
export const inFlight = plugin(async (app: FastifyInstance, { most }: InFlightOptions) => {
  let count = 0;
  app.addHook('onRequest', async (request, reply) => {
    if (count >= most) throw new HttpError('overloaded', undefined, { headers: { 'retry-after': '1' } });
    count += 1;
    whenOver(request.raw, reply.raw, () => (count -= 1));
  });
});
