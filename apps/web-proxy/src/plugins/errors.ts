import { errorSentence, SympoziumError, type ErrorCode } from '@sympozium/api';
import type { Logger } from '@sympozium/process';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import plugin from 'fastify-plugin';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorBody, HttpError, httpCode, statusOf } from '../openai/errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** A run may have been made for this request: a client that repeats it by itself would make another. */
    hasRun: boolean;
  }
}

/** Any error as one that a caller may see. Nothing of an unexpected error reaches him. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof SympoziumError) return new HttpError(error.code, error.message, { cause: error });
  const { statusCode = 500, message } = error as Partial<FastifyError>;
  const code = BY_STATUS[statusCode] ?? (statusCode >= 400 && statusCode < 500 ? 'invalid_request' : 'internal_error');
  const isOwn = code === 'invalid_request' && message !== undefined;
  return new HttpError(code, isOwn ? message : errorSentence(code), { cause: error });
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'not_found',
  408: 'request_timeout',
  413: 'request_too_large',
  415: 'unsupported_media_type',
};

/** Headers and body of an error's answer. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const shown = toHttpError(error);
  const status = statusOf(shown.code);
  if (httpCode(shown.code) === 'internal_error') request.log.error({ err: error, reqId: request.id }, 'request failed');
  reply.header('x-request-id', request.id);
  if (request.hasRun || status === 409) reply.header('x-should-retry', 'false');
  return reply
    .code(status)
    .headers(shown.headers)
    .send(errorBody(shown.code, shown.message, shown.param));
}

/** Every error in OpenAI's form: those of routes, of unknown routes, and of requests that never became one. */
export const errors = plugin(async (app: FastifyInstance) => {
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  app.decorateRequest('hasRun', false);
  app.addHook('onRoute', ({ method, url }) => {
    const path = new RegExp(`^${url.replace(/:[^/]+/g, '[^/]+')}$`);
    for (const each of [method].flat()) routes.push({ method: each, path });
  });
  app.addHook('onRequest', async ({ raw }) => {
    if (raw.headers.host === undefined && raw.httpVersion === '1.1')
      throw new HttpError('invalid_request', 'The request has no header Host. Send one.');
  });
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const allowed = routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    if (allowed.length === 0) return sendError(new HttpError('not_found'), request, reply);
    const message = `The route does not take ${request.method}. Use ${allowed.join(' or ')}.`;
    const headers = { allow: allowed.join(', ') };
    return sendError(new HttpError('method_not_allowed', message, { headers }), request, reply);
  });
});

const CONNECTION_ERRORS: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Node's own note of the response that is being written on a connection. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };

/** Answers on a connection whose bytes are no request, and closes it. An answer that has begun is not written into. */
export const connectionErrors =
  (newId: () => string, log: Logger) =>
  (error: Error & { code?: string }, socket: HttpSocket): void => {
    const isAnswering = socket._httpMessage?.headersSent ?? false;
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) return void socket.destroy();
    const code = CONNECTION_ERRORS[error.code ?? ''] ?? 'invalid_request';
    const status = statusOf(code);
    const message = code === 'invalid_request' ? 'This is no valid HTTP request.' : errorSentence(code);
    const body = JSON.stringify(errorBody(code, message));
    log.debug({ reason: error.code }, 'connection refused');
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
        `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
        `x-request-id: ${newId()}\r\nconnection: close\r\n\r\n${body}`,
    );
  };
