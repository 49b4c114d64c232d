export * from './kinds.js';
export * from './objects.js';
export * from './pod-template.js';
export * from './resources.js';
export type { Wire } from './wire.js';
