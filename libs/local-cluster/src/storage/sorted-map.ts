/** Keys a block holds before it is cut in two: small enough to shift cheaply, large enough to keep blocks few. */
const MAX_BLOCK = 512;

/**
 * A map whose keys stand in order. The keys are kept in blocks, so that an insert among n keys shifts at most one block
 * instead of all of them.
 */
export class SortedMap<V> {
  readonly #values = new Map<string, V>();
  /** None is empty. */
  readonly #blocks: string[][] = [];

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    const index = this.#blockOf(key);
    const block = this.#blocks[index] ?? [];
    block.splice(firstAtOrAfter(block, key), 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  /** Entries whose keys begin with the prefix, in order. */
  *entries(prefix: string): Generator<readonly [string, V]> {
    for (let index = this.#blockOf(prefix); index < this.#blocks.length; index++) {
      const block = this.#blocks[index] ?? [];
      for (let at = firstAtOrAfter(block, prefix); at < block.length; at++) {
        const key = block[at] ?? '';
        if (!key.startsWith(prefix)) return;
        const value = this.#values.get(key);
        if (value !== undefined) yield [key, value];
      }
    }
  }

  #insert(key: string): void {
    const index = this.#blockOf(key);
    const block = this.#blocks[index];
    if (!block) return void this.#blocks.push([key]);
    block.splice(firstAtOrAfter(block, key), 0, key);
    if (block.length > MAX_BLOCK) this.#blocks.splice(index + 1, 0, block.splice(MAX_BLOCK / 2));
  }

  /** The last block that begins at or before the key; the first one if none does. */
  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#blocks[middle]?.[0] ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

function firstAtOrAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
