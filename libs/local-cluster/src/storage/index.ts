export { openDurableStore } from './durable-store.js';
export { unusable } from './libsql-journal.js';
export { createMemoryStore } from './memory-store.js';
export type { RevisionStore } from './revision-store.js';
