import type { Clock } from '@sympozium/process';
import { HttpError } from '../openai/errors.js';
import { TokenBuckets, type TokenBucket } from './token-bucket.js';

/** Wrong keys that an address may send at once, and in a minute. */
const FAILURES = { burst: 60, perMinute: 60 };

/** Refuses addresses that keep sending wrong keys, before their keys are looked at. */
export class AuthThrottle {
  readonly #clock: Clock;
  readonly #buckets = new TokenBuckets();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws `rate_limit_exceeded` for an address that has failed too often. */
  check(address: string): void {
    const { allowed, retryAfterMs } = this.#bucket(address).peek(this.#clock.now());
    if (allowed) return;
    const after = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
    throw new HttpError('rate_limit_exceeded', `Too many wrong API keys from this address. Try again in ${after} s.`, {
      headers: { 'retry-after': after },
    });
  }

  failed(address: string): void {
    this.#bucket(address).take(this.#clock.now());
  }

  #bucket(address: string): TokenBucket {
    return this.#buckets.of(address, FAILURES, this.#clock.now());
  }
}
