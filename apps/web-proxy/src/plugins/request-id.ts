import type { Random } from '@sympozium/process';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import type { IncomingMessage } from 'node:http';

/** What may be taken over from a caller or a gateway. */
const GIVEN = /^[\x21-\x7e]{1,128}$/;

/** Makes ids that differ from each other and from every other process’: random bytes of the process, and a number. */
export function requestIds(random: Random): () => string {
  const process = Buffer.from(random.bytes(8)).toString('hex');
  let count = 0;
  return () => `req_${process}${(++count).toString(16).padStart(8, '0')}`;
}

/** The caller's own `x-request-id`, else a new one. */
export const requestIdOf =
  (newId: () => string) =>
  ({ headers }: Pick<IncomingMessage, 'headers'>): string => {
    const given = headers['x-request-id'];
    return typeof given === 'string' && GIVEN.test(given) ? given : newId();
  };

/** Puts `x-request-id` on every answer. */
export const requestIdHeader = plugin(async (app: FastifyInstance) => {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
});
