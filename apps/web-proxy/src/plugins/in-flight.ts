import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import type { Places } from '../limits/places.js';
import { whenOver } from '../when-over.js';

/** Lets a request of its scope hold a place until it is answered, and refuses those for which there is none. */
export const inFlight = plugin(async (app: FastifyInstance, { places }: { readonly places: Places }) => {
  app.addHook('onRequest', async (request, reply) => {
    whenOver(request.raw, reply.raw, places.take());
  });
});
