import type { ApiObject } from '../api-object.js';
import type { LogEntry } from './history.js';
import type { Change } from './revision-store.js';

/** Where changes are kept beyond the process: all that stores differ in. */
export interface Journal {
  /** Whether nothing that was appended can be read again. */
  readonly isVolatile: boolean;
  /** Up to this revision changes are forgotten; what they left is the state before all others. */
  readonly compacted: number;
  /** What is kept from earlier times, in order of revisions: that state's objects, then every change since. */
  entries(): Iterable<Entry>;
  /** The object that a revision wrote; of one that is forgotten, only while it is the newest. */
  read(revision: number): ApiObject;
  /** Keeps changes durably before it returns, all of them; where it throws, none. */
  append(changes: readonly Change[]): void;
  /** Nobody will ask for these changes again, which come in order; what only they need may go at a later `append`. */
  forget(changes: readonly LogEntry[]): void;
  close(): void;
}

export interface Entry {
  readonly revision: number;
  readonly key: string;
  /** Whether it is a deletion, and has no object. */
  readonly isDeletion: boolean;
}

/** Keeps nothing. */
export const noJournal: Journal = {
  isVolatile: true,
  compacted: 0,
  entries: () => [],
  read: (revision) => {
    throw new Error(`nothing is kept of revision ${revision}`);
  },
  append: () => {},
  forget: () => {},
  close: () => {},
};
