interface Letter<T> {
  readonly item: T;
  readonly taken?: () => void;
}

/** A queue with one reader. What is sent waits for it, so that a slow reader slows the sender. */
export class Mailbox<T> {
  readonly #letters: Letter<T>[] = [];
  #reader: { resolve: (item: T) => void; reject: (reason: unknown) => void } | undefined;
  #closed: { readonly reason: unknown } | undefined;

  /** Leaves an item and goes on. */
  push(item: T): void {
    this.#put({ item });
  }

  /** Resolves true when the reader has taken the item, false when it never will. */
  send(item: T): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => this.#put({ item, taken: () => resolve(this.#closed === undefined) }));
  }

  /** The next item; rejects with the reason once the mailbox is closed. */
  take(): Promise<T> {
    if (this.#closed) return Promise.reject(this.#closed.reason as Error);
    const letter = this.#letters.shift();
    letter?.taken?.();
    return letter
      ? Promise.resolve(letter.item)
      : new Promise((resolve, reject) => (this.#reader = { resolve, reject }));
  }

  /** Ends it for the reader and for all who wait for him. */
  close(reason: unknown): void {
    if (this.#closed) return;
    this.#closed = { reason };
    this.#reader?.reject(reason);
    for (const { taken } of this.#letters.splice(0)) taken?.();
  }

  #put(letter: Letter<T>): void {
    if (this.#closed) return letter.taken?.();
    const reader = this.#reader;
    this.#reader = undefined;
    if (!reader) return void this.#letters.push(letter);
    letter.taken?.();
    reader.resolve(letter.item);
  }
}
