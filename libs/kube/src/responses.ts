import type { Dispatcher } from 'undici';
import { KubeError } from './error.js';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** The error that a Status body, or whatever else stands behind the HTTP status, tells of. */
export async function statusError(response: Dispatcher.ResponseData): Promise<KubeError> {
  const text = await response.body.text();
  const status = parseStatus(text);
  const { statusCode: code, headers } = response;
  const message = status.message ?? `${code} ${text.slice(0, 200).trim()}`;
  return errorOfStatus({ ...status, code, message }, Number(headers['retry-after']));
}

export function errorOfStatus(status: Status, retryAfterSeconds = NaN): KubeError {
  const { code = 500, reason = 'Unknown', message = 'the API server gave no reason', details } = status;
  const seconds = [retryAfterSeconds, Number(details?.retryAfterSeconds)].find(Number.isFinite);
  return new KubeError(code, reason, message, seconds === undefined ? {} : { retryAfterMs: seconds * 1000 });
}

function parseStatus(text: string): Status {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Status) : {};
  } catch {
    return {}; // a proxy's HTML or plain text; its beginning becomes the message
  }
}

/** What a 2xx response carries: JSON as a value, anything else (such as `ok`) as text. */
export async function contentOf(response: Dispatcher.ResponseData): Promise<unknown> {
  const text = await response.body.text();
  if (!String(response.headers['content-type']).includes('json')) return text;
  return parseJson(text, 'the answer broke off in mid-JSON');
}

/** The error keeps no cause: that would quote the text around the fault, and so perhaps a Secret's. */
export function parseJson(text: string, problem: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new KubeError(0, 'Unreachable', problem);
  }
}

/** Wraps what the transport threw (refused, reset, timed out, closed) with status 0; an abort passes as its reason. */
export function transportError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason as unknown;
  if (error instanceof KubeError) return error;
  const message = error instanceof Error ? error.message || codeOf(error) : String(error);
  const text = wasReset(error) ? `the connection broke off: ${message}` : message;
  return new KubeError(0, 'Unreachable', text, { cause: error });
}

const RESETS: readonly unknown[] = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/** Whether a connection that stood was lost, as a kept-alive one is that the server closes just then. */
export const wasReset = (error: unknown): boolean =>
  RESETS.includes(codeOf(error)) || (error instanceof Error && error.cause !== undefined && wasReset(error.cause));

const codeOf = (error: unknown): string => (error as { code?: string } | undefined)?.code ?? 'connection error';
