import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Caller, KeyEntry } from './api-key.js';

/** A set of API keys that can be asked but not read: it keeps digests only. */
export class KeyRing {
  readonly #salt: Uint8Array;
  readonly #keys: readonly { readonly digest: Buffer; readonly caller: Caller }[];

  /** `salt`: random bytes of this process, so that digests are of no use elsewhere. */
  constructor(entries: readonly KeyEntry[], salt: Uint8Array) {
    this.#salt = salt;
    this.#keys = entries.map(({ secret, caller }) => ({ digest: this.#digest(secret), caller }));
  }

  get size(): number {
    return this.#keys.length;
  }

  /** Whose key it is, unless it has expired. Takes the same time for every key; `now` in milliseconds since 1970. */
  find(secret: string, now: number): Caller | undefined {
    const digest = this.#digest(secret);
    let found: Caller | undefined;
    for (const { digest: known, caller } of this.#keys)
      if (timingSafeEqual(digest, known) && counts(caller, now)) found = caller;
    return found;
  }

  /** Whether a key of this caller still counts. */
  has(id: string, now: number): boolean {
    return this.#keys.some(({ caller }) => caller.id === id && counts(caller, now));
  }

  #digest(secret: string): Buffer {
    return createHmac('sha256', this.#salt).update(secret).digest();
  }
}

const counts = ({ expires = Infinity }: Caller, now: number): boolean => expires > now;
