import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';

/** From the signal on, every answer closes its connection: the caller's next request finds another replica. */
export const closing = plugin(async (app: FastifyInstance, { draining }: { readonly draining: AbortSignal }) => {
  app.addHook('onRequest', (_request, reply, done) => {
    if (draining.aborted) reply.header('connection', 'close');
    done();
  });
});
