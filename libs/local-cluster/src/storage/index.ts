export { openDurableStore } from './durable-store.js';
export { createMemoryStore } from './memory-store.js';
export type { RevisionStore } from './revision-store.js';
