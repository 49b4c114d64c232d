import type { Random } from '@sympozium/process';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import type { IncomingMessage } from 'node:http';

/** What may be taken over from a caller or a gateway. */
const GIVEN = /^[\x21-\x7e]{1,128}$/;

export const newRequestId = (random: Random): string => `req_${Buffer.from(random.bytes(12)).toString('hex')}`;

/** The caller's own `x-request-id`, else a new one. */
export const requestIdOf =
  (random: Random) =>
  ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && GIVEN.test(given) ? given : newRequestId(random);
  };

/** Puts `x-request-id` on every answer. */
export const requestIds = plugin(async (app: FastifyInstance) => {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
});
