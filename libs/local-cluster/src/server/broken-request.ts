import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ApiError, badRequest } from '../api-error.js';
import { statusOf } from './status.js';

const REASONS: Readonly<Record<string, ApiError>> = {
  HPE_HEADER_OVERFLOW: new ApiError(431, 'RequestHeaderFieldsTooLarge', 'the headers of the request are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError(408, 'Timeout', 'the request did not arrive in time'),
};
const NAMES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

const answered = new WeakSet<Duplex>();
const DRAIN_BYTES = 16 * 1024 * 1024;
const DRAIN_MS = 2_000;

/** Answers what is no HTTP, or does not get to be in time, and hangs up. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (answered.has(socket)) return; // it goes on to send what is no HTTP
  answered.add(socket);
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const status = statusOf(REASONS[error.code ?? ''] ?? badRequest('the request is no valid HTTP'));
  const body = JSON.stringify(status);
  const head = [
    `HTTP/1.1 ${status.code} ${NAMES[status.code] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  hearOut(socket as Socket);
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Drops what is still being sent for a while: a connection that is closed on it would lose the answer. */
function hearOut(socket: Socket): void {
  let left = DRAIN_BYTES;
  socket.on('data', (part: Buffer) => {
    left -= part.length;
    if (left < 0) socket.destroy();
  });
  socket.on('end', () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.setTimeout(DRAIN_MS, () => socket.destroy());
}
