/**
 * Remembers what was written for a key until the informers' caches have seen it, so that a key is never worked on
 * with a view older than one's own last write.
 */
export class OwnWrites {
  readonly #unseen = new Map<string, (() => boolean)[]>();

  /** Notes a write for `key`; `seen` tells whether the caches contain it, and is asked until it says so once. */
  record(key: string, seen: () => boolean): void {
    const unseen = this.#unseen.get(key);
    if (unseen) unseen.push(seen);
    else this.#unseen.set(key, [seen]);
  }

  /** Whether the caches contain every write that was recorded for the key. */
  settled(key: string): boolean {
    const unseen = this.#unseen.get(key)?.filter((seen) => !seen());
    if (unseen === undefined) return true;
    if (unseen.length > 0) this.#unseen.set(key, unseen);
    else this.#unseen.delete(key);
    return unseen.length === 0;
  }

  /** How many keys have writes that may be unseen. */
  get size(): number {
    return this.#unseen.size;
  }
}
