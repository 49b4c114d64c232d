import type { Dispatcher } from 'undici';
import { KubeError } from './error.js';

interface Status {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** The error that a Status body, or whatever else stands behind the HTTP status, tells of. */
export async function statusError(response: Dispatcher.ResponseData): Promise<KubeError> {
  const text = await response.body.text();
  const status = parseStatus(text);
  const seconds = Number(response.headers['retry-after'] ?? status.details?.retryAfterSeconds);
  return new KubeError(
    response.statusCode,
    status.reason ?? 'Unknown',
    status.message ?? `${response.statusCode} ${text.slice(0, 200).trim()}`,
    Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {},
  );
}

function parseStatus(text: string): Status {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Status) : {};
  } catch {
    return {}; // a proxy's HTML or plain text; its beginning becomes the message
  }
}

/** Wraps what the transport threw (refused, reset, closed) with status 0; aborts and our own errors pass. */
export function transportError(error: unknown): unknown {
  if (error instanceof KubeError) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  const code = (error as { code?: string }).code ?? 'connection error';
  const message = error instanceof Error ? error.message : String(error);
  return new KubeError(0, 'Unreachable', message || code, { cause: error });
}
