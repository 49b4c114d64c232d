export interface BucketSize {
  /** Tokens that come back in a minute. */
  readonly perMinute: number;
  /** Most tokens that it holds. */
  readonly burst: number;
}

/** What taking a token came to. */
export interface Taken {
  readonly allowed: boolean;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Until there is a token; 0 when there is one. */
  readonly retryAfterMs: number;
  /** Until it is full again. */
  readonly resetMs: number;
}

/** Lets `burst` through at once and `perMinute` in the long run. */
export class TokenBucket {
  readonly size: BucketSize;
  #tokens: number;
  #at: number;

  constructor(size: BucketSize, now: number) {
    this.size = size;
    this.#tokens = size.burst;
    this.#at = now;
  }

  /** Takes a token if there is one. */
  take(now: number): Taken {
    this.#refill(now);
    const allowed = this.#tokens >= 1;
    if (allowed) this.#tokens -= 1;
    return this.#taken(allowed);
  }

  /** What `take` would say, without taking. */
  peek(now: number): Taken {
    this.#refill(now);
    return this.#taken(this.#tokens >= 1);
  }

  #refill(now: number): void {
    const { perMinute, burst } = this.size;
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perMinute) / 60_000);
    this.#at = now;
  }

  #taken(allowed: boolean): Taken {
    const msPerToken = 60_000 / this.size.perMinute;
    return {
      allowed,
      remaining: Math.floor(this.#tokens),
      retryAfterMs: Math.max(0, 1 - this.#tokens) * msPerToken,
      resetMs: (this.size.burst - this.#tokens) * msPerToken,
    };
  }
}

/** Buckets by name. The least used are forgotten first: a forgotten bucket is a full one. */
export class TokenBuckets {
  readonly #most: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** The bucket of this name; another size makes it anew. */
  of(name: string, size: BucketSize, now: number): TokenBucket {
    const known = this.#buckets.get(name);
    const isSame = known && known.size.burst === size.burst && known.size.perMinute === size.perMinute;
    const bucket = isSame ? known : new TokenBucket(size, now);
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size > this.#most) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
    return bucket;
  }
}
