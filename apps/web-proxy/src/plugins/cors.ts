import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import type { Catalogue } from '../runs/catalogue.js';

/** What a page may read of an answer besides its body: the official client's own needs, and ours. */
const EXPOSED = [
  'x-request-id',
  'x-sympozium-run',
  'x-should-retry',
  'retry-after',
  'server-timing',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
].join(', ');
const METHODS = 'GET, POST';
const HEADERS = 'authorization, content-type, idempotency-key';
const MAX_AGE_S = '600';

interface CorsOptions {
  readonly catalogue: Catalogue;
}

/**
 * Tells browsers which pages may call: those whose origin any instance's `endpoint.cors` names. A preflight has no
 * body that could say which instance, and no key. The key is all that gives rights, no cookie is: so any header may
 * be sent.
 */
export const cors = plugin(async (app: FastifyInstance, { catalogue }: CorsOptions) => {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) return done();
    reply.header('vary', 'origin');
    if (!catalogue.allowsOrigin(origin)) return done();
    reply.header('access-control-allow-origin', origin);
    if (isPreflight(request)) return void sendPreflight(request, reply);
    reply.header('access-control-expose-headers', EXPOSED);
    done();
  });
});

/** Takes the answer away from pages that the instance which the body names does not name. */
export const corsOfModel = plugin(async (app: FastifyInstance, { catalogue }: CorsOptions) => {
  app.addHook('preHandler', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin !== undefined && !mayRead(request, origin, catalogue)) {
      reply.removeHeader('access-control-allow-origin');
      reply.removeHeader('access-control-expose-headers');
    }
    done();
  });
});

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function sendPreflight({ headers }: FastifyRequest, reply: FastifyReply): void {
  const wanted = headers['access-control-request-headers'];
  reply
    .code(204)
    .header('access-control-allow-methods', METHODS)
    .header('access-control-allow-headers', typeof wanted === 'string' ? wanted : HEADERS)
    .header('access-control-max-age', MAX_AGE_S)
    .send();
}

/** Who names no instance that he may call gets an error, which tells nothing of any. */
function mayRead(request: FastifyRequest, origin: string, catalogue: Catalogue): boolean {
  const model = (request.body as { model?: unknown } | null | undefined)?.model;
  if (typeof model !== 'string' || !catalogue.find(request.caller, model)) return true;
  return catalogue.allowsOrigin(origin, model);
}
