import type { ApiObject } from '../api-object.js';
import type { Change } from './revision-store.js';

/** Where changes are kept beyond the process: all that stores differ in. */
export interface Journal {
  /** Up to this revision changes are forgotten; what they left is the state before all others. */
  readonly compacted: number;
  /** What is kept from earlier times, in order of revisions: that state's objects, then every change since. */
  entries(): Iterable<Entry>;
  /** Keeps changes durably before it returns, all of them; where it throws, none. */
  append(changes: readonly Change[]): void;
  /** Nobody will ask for these changes again, which come in order; what only they need may go at a later `append`. */
  forget(changes: readonly Change[]): void;
  close(): void;
}

export interface Entry {
  readonly revision: number;
  readonly key: string;
  /** Absent: it was deleted. */
  readonly object?: ApiObject;
}

/** Keeps nothing. */
export const noJournal: Journal = {
  compacted: 0,
  entries: () => [],
  append: () => {},
  forget: () => {},
  close: () => {},
};
