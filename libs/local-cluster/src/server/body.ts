import type { IncomingMessage } from 'node:http';
import { ApiError } from '../api-error.js';
import { tooLarge } from './status.js';

/** As the real server: 3 MiB, twice what etcd takes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** How much of a body beyond the limit is read and dropped, so that its sender gets to read the answer. */
const DRAIN_BYTES = 8 * MAX_BODY_BYTES;

/** The whole body; 413 if it is too large, rejects if its sender goes away. */
export function readBody(request: IncomingMessage, limit = MAX_BODY_BYTES): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= limit) parts.push(part);
      else parts.length = 0;
      if (size > limit + DRAIN_BYTES) reject(tooLarge(limit));
    });
    request.on('end', () => (size > limit ? reject(tooLarge(limit)) : resolve(Buffer.concat(parts))));
    request.on('error', reject);
    request.on('close', () => reject(new ApiError(400, 'BadRequest', 'the body of the request broke off')));
  });
}
