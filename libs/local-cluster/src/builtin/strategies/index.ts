export { validateMetadata, validateMetadataUpdate } from './metadata.js';
export { strategyOf } from './strategy-of.js';
