export * from './envelope.js';
export * from './frames.js';
export * from './input.js';
