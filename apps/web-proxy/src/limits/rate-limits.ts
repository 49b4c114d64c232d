import type { Clock } from '@sympozium/process';
import { HttpError } from '../openai/errors.js';
import type { Caller, RateLimit } from '../keys/api-key.js';
import { TokenBuckets, type Taken } from './token-bucket.js';

export interface CompleteRateLimit {
  readonly requestsPerMinute: number;
  readonly burst: number;
  readonly maxConcurrent: number;
}

/** What a request that was let through holds and tells. */
export interface Admission {
  readonly headers: Readonly<Record<string, string>>;
  /** Gives the place among the concurrent requests back; later calls do nothing. */
  release(): void;
}

/** How often and how many at once each key may call. */
export class RateLimits {
  readonly #standard: CompleteRateLimit;
  readonly #clock: Clock;
  readonly #buckets = new TokenBuckets();
  readonly #concurrent = new Map<string, number>();

  constructor(standard: CompleteRateLimit, clock: Clock) {
    this.#standard = standard;
    this.#clock = clock;
  }

  /**
   * Lets a request of the caller through, or throws `rate_limit_exceeded`. The key's own limits go first, then those
   * of the instance, each of them with a bucket of its own, then the standard.
   */
  admit(caller: Caller, instance?: { readonly name: string; readonly limits?: RateLimit }): Admission {
    const limit = complete(caller.limits ?? instance?.limits, this.#standard);
    const name = caller.limits || !instance?.limits ? caller.id : `${caller.id}/${instance.name}`;
    const now = this.#clock.now();
    const size = { perMinute: limit.requestsPerMinute, burst: limit.burst };
    const taken = this.#buckets.of(name, size, now).take(now);
    const headers = rateHeaders(size.burst, taken);
    if (!taken.allowed) throw tooMany('requests', taken.retryAfterMs, headers);
    const busy = this.#concurrent.get(name) ?? 0;
    if (busy >= limit.maxConcurrent) throw tooMany('concurrent requests', 1_000, headers);
    this.#concurrent.set(name, busy + 1);
    return { headers, release: this.#release(name) };
  }

  #release(name: string): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#concurrent.get(name) ?? 1) - 1;
      if (left > 0) this.#concurrent.set(name, left);
      else this.#concurrent.delete(name);
    };
  }
}

/** Who says how many a minute and not how many at once lets a minute's worth through at once. */
const complete = (limit: RateLimit | undefined, standard: CompleteRateLimit): CompleteRateLimit => ({
  requestsPerMinute: limit?.requestsPerMinute ?? standard.requestsPerMinute,
  burst: limit?.burst ?? limit?.requestsPerMinute ?? standard.burst,
  maxConcurrent: limit?.maxConcurrent ?? standard.maxConcurrent,
});

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)}`;

/** OpenAI's names, https://platform.openai.com/docs/guides/rate-limits. */
const rateHeaders = (burst: number, { remaining, resetMs }: Taken): Record<string, string> => ({
  'x-ratelimit-limit-requests': String(burst),
  'x-ratelimit-remaining-requests': String(remaining),
  'x-ratelimit-reset-requests': `${seconds(resetMs)}s`,
});

function tooMany(what: string, retryAfterMs: number, headers: Readonly<Record<string, string>>): HttpError {
  const after = seconds(Math.max(1_000, retryAfterMs));
  return new HttpError('rate_limit_exceeded', `Too many ${what} with this key. Try again in ${after} s.`, {
    headers: { ...headers, 'retry-after': after },
  });
}
