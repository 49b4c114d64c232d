import type { Version } from './version.js';

/** A change as it is remembered: what it was of, not the objects themselves. */
export interface LogEntry {
  readonly key: string;
  readonly revision: number;
  /** After the change; absent for a deletion. */
  readonly version?: Version;
  /** Before the change; absent where nothing was. */
  readonly previous?: Version;
}

/** Of so many last changes what they replaced stays in memory: watches that begin again seldom begin earlier. */
const RECENT = 1_000;

/** The last changes, in a ring: revisions have no gaps, so that a change's place is its revision modulo the size. */
export class History {
  readonly #ring: (LogEntry | undefined)[];
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
  push(entry: LogEntry): LogEntry | undefined {
    const place = entry.revision % this.#ring.length;
    const displaced = this.#ring[place];
    this.#ring[place] = entry;
    this.#revision = entry.revision;
    this.#compacted = displaced?.revision ?? this.#compacted;
    if (entry.revision - RECENT > this.#compacted) this.#at(entry.revision - RECENT)?.previous?.release();
    return displaced;
  }

  /** Forgets the changes up to a revision; returns them in order. */
  forget(revision: number): LogEntry[] {
    const last = Math.min(revision, this.#revision);
    const forgotten: LogEntry[] = [];
    while (this.#compacted < last) {
      this.#compacted += 1;
      const entry = this.#at(this.#compacted);
      if (entry) forgotten.push(entry);
      this.#ring[this.#compacted % this.#ring.length] = undefined;
    }
    return forgotten;
  }

  /** The changes after a revision that is not compacted, in order. */
  *since(revision: number): Generator<LogEntry> {
    for (let next = revision + 1; next <= this.#revision; next++) {
      const entry = this.#at(next);
      if (entry) yield entry;
    }
  }

  /** The same, the newest first. */
  *backTo(revision: number): Generator<LogEntry> {
    for (let next = this.#revision; next > revision; next--) {
      const entry = this.#at(next);
      if (entry) yield entry;
    }
  }

  /** The change of a revision that is neither compacted nor still to come. */
  #at(revision: number): LogEntry | undefined {
    return this.#ring[revision % this.#ring.length];
  }
}
