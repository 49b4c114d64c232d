export { openDurableStore, type DurableStoreOptions } from './durable-store.js';
export { createMemoryStore } from './memory-store.js';
export type { StoreOptions } from './journaled-store.js';
export type { Change, Decision, RevisionStore } from './revision-store.js';
