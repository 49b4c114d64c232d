import { backoffMs, type Random } from '@sympozium/process';
import { KubeError } from './error.js';
import { wasReset } from './responses.js';

const MOST_RETRIES = 3;
/** A caller that waits longer than this should know. */
const LONGEST_WAIT_MS = 10_000;
const RESET_BACKOFF = { initialMs: 20, maxMs: 500 };

/**
 * The pause before a failed call may be made again, or undefined if it may not. Again goes only what had no effect: a
 * call that the server turned away (429), and reads. A write whose connection broke may have had its effect; that is
 * for the caller to find out.
 */
export function retryPause(error: unknown, method: string, retries: number, random: Random): number | undefined {
  if (retries >= MOST_RETRIES || !(error instanceof KubeError)) return undefined;
  const reads = method === 'GET';
  if (error.retryAfterMs !== undefined && turnedAway(error.status, reads))
    return error.retryAfterMs > LONGEST_WAIT_MS ? undefined : error.retryAfterMs * (1 + random.float() / 4);
  if (!reads || !wasReset(error)) return undefined;
  return retries === 0 ? 0 : backoffMs(RESET_BACKOFF, retries, random);
}

const turnedAway = (status: number, reads: boolean): boolean => status === 429 || (reads && status >= 500);
