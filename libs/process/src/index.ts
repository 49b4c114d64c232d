export * from './backoff.js';
export * from './clock.js';
export * from './guardian.js';
export * from './lifecycle.js';
export * from './logger.js';
export * from './metrics.js';
export * from './random.js';
export * from './settings.js';
