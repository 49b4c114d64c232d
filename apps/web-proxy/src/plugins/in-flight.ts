import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import { finished } from 'node:stream';
import { HttpError } from '../openai/errors.js';

export interface InFlightOptions {
  /** Most requests at once. */
  readonly most: number;
}

/** Bounds how many requests are worked on at once. */
export const inFlight = plugin(async (app: FastifyInstance, { most }: InFlightOptions) => {
  let count = 0;
  app.addHook('onRequest', async (_request, reply) => {
    if (count >= most) throw new HttpError('overloaded', undefined, { headers: { 'retry-after': '1' } });
    count += 1;
    finished(reply.raw, () => (count -= 1));
  });
});
