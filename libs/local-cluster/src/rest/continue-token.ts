import { badRequest, type ApiError } from '../api-error.js';

/** In a token: go on with what there is now. */
export const INCONSISTENT = -1;

const VERSION = 'meta.k8s.io/v1';

/** Where a list goes on after a page: the revision it is of, and the last key, below the list's prefix. */
export const writeToken = (revision: number, after: string): string =>
  Buffer.from(
    JSON.stringify({ v: VERSION, rv: revision, start: after.endsWith('\0') ? after : `${after}\0` }),
  ).toString('base64url');

/** The key to go on at, and the revision; none: what there is now. Throws 400 in the words of the real server. */
export function readToken(token: string, prefix: string): { key: string; revision: number | undefined } {
  const { v, rv, start } = parsed(token);
  if (v !== VERSION) throw refusal(`server does not recognize this encoded version ${String(v ?? '')}`);
  if (typeof rv !== 'number' || rv === 0) throw refusal(`incorrect encoded start resourceVersion (version ${VERSION})`);
  if (typeof start !== 'string' || start === '') throw refusal(`encoded start key empty (version ${VERSION})`);
  return { key: `${prefix}${start}`, revision: rv === INCONSISTENT ? undefined : rv };
}

function parsed(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  const fault = base64Fault(token);
  if (fault !== undefined) throw refusal(`illegal base64 data at input byte ${fault}`);
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as object;
  } catch {
    throw refusal('invalid character looking for beginning of value');
  }
}

const refusal = (why: string): ApiError => badRequest(`invalid continue token: continue key is not valid: ${why}`);

/** Where a text stops to be base64 without padding; undefined: nowhere. */
function base64Fault(text: string): number | undefined {
  const odd = text.search(/[^A-Za-z0-9_-]/);
  if (odd >= 0) return odd;
  return text.length % 4 === 1 ? text.length - 1 : undefined;
}
