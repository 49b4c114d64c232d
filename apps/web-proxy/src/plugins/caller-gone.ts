import type { FastifyReply } from 'fastify';
import { HttpError } from '../openai/errors.js';

/** Aborted when the response can no longer reach its caller: the socket has closed before the response's end. */
export function callerGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new HttpError('Cancelled', 'The caller has gone.'));
  });
  return controller.signal;
}
