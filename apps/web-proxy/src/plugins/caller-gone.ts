import type { FastifyReply } from 'fastify';
import { HttpError } from '../openai/errors.js';
import { whenOver } from '../when-over.js';

/** Aborted when the response can no longer reach its caller. */
export function callerGone({ raw, request }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  whenOver(request.raw, raw, (delivered) => {
    if (!delivered) controller.abort(new HttpError('Cancelled', 'The caller has gone.'));
  });
  return controller.signal;
}
