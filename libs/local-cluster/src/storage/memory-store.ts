import { noJournal } from './journal.js';
import { JournaledStore, type StoreOptions } from './journaled-store.js';
import type { RevisionStore } from './revision-store.js';

/** A store of which nothing outlives the process. */
export const createMemoryStore = (options: StoreOptions = {}): RevisionStore => new JournaledStore(noJournal, options);
