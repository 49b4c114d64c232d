import type { Change } from './revision-store.js';

/** The last changes, in a ring: revisions have no gaps, so that a change's place is its revision modulo the size. */
export class History {
  readonly #ring: (Change | undefined)[];
  #compacted: number;
  #revision: number;

  /** `revision`: of the last change before this history begins. */
  constructor(size: number, revision: number) {
    this.#ring = Array.from({ length: Math.max(1, size) });
    this.#compacted = revision;
    this.#revision = revision;
  }

  /** Of the last change. */
  get revision(): number {
    return this.#revision;
  }

  /** All changes after it are known. */
  get compacted(): number {
    return this.#compacted;
  }

  /** Takes the next change; returns the one that had to go for it. */
  push(change: Change): Change | undefined {
    const place = change.revision % this.#ring.length;
    const displaced = this.#ring[place];
    this.#ring[place] = change;
    this.#revision = change.revision;
    this.#compacted = displaced?.revision ?? this.#compacted;
    return displaced;
  }

  /** Forgets the changes up to a revision; returns them in order. */
  forget(revision: number): Change[] {
    const last = Math.min(revision, this.#revision);
    const forgotten: Change[] = [];
    while (this.#compacted < last) {
      this.#compacted += 1;
      const place = this.#compacted % this.#ring.length;
      const change = this.#ring[place];
      if (change) forgotten.push(change);
      this.#ring[place] = undefined;
    }
    return forgotten;
  }

  /** The changes after a revision that is not compacted, in order. */
  *since(revision: number): Generator<Change> {
    for (let next = revision + 1; next <= this.#revision; next++) {
      const change = this.#ring[next % this.#ring.length];
      if (change) yield change;
    }
  }

  /** The same, the newest first. */
  *backTo(revision: number): Generator<Change> {
    for (let next = this.#revision; next > revision; next--) {
      const change = this.#ring[next % this.#ring.length];
      if (change) yield change;
    }
  }
}
