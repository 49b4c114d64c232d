export { applyDefaults, schemaOfField } from './defaults.js';
export { decodeErrors, decodeMetadataErrors } from './decode-errors.js';
export { isObjectMeta, OBJECT_META, tidyMetadata } from './object-meta.js';
export { prune } from './prune.js';
export type { Schema, ValidationRule } from './schema.js';
export { validateEmbedded } from './validate-embedded.js';
export { validateLists } from './validate-lists.js';
export { validateSchema } from './validate.js';
