import { errorSentence } from '@sympozium/api';
import type { Clock } from '@sympozium/process';
import type { FastifyInstance } from 'fastify';
import plugin from 'fastify-plugin';
import type { Caller } from '../keys/api-key.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { AuthThrottle } from '../limits/auth-throttle.js';
import { HttpError } from '../openai/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that asks for a key. */
    caller: Caller;
  }
}

export interface AuthenticationOptions {
  readonly keys: { readonly ring: KeyRing };
  readonly throttle: AuthThrottle;
  readonly clock: Clock;
  /** Largest body; a longer one is refused before its caller is asked who he is. */
  readonly bodyLimit: number;
}

const NOBODY: Caller = { id: '', instances: [] };

/** Asks for an API key on all routes of its scope. Of the body nothing has been read yet. */
export const authentication = plugin(async (app: FastifyInstance, options: AuthenticationOptions) => {
  const { keys, throttle, clock, bodyLimit } = options;
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request) => {
    request.caller = NOBODY;
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit)
      throw new HttpError('request_too_large', errorSentence('request_too_large', `${bodyLimit} bytes`));
    throttle.check(request.ip);
    const secret = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    const caller = secret === undefined ? undefined : keys.ring.find(secret, clock.now());
    if (caller) {
      request.caller = caller;
      return;
    }
    throttle.failed(request.ip);
    throw new HttpError('invalid_api_key');
  });
});
