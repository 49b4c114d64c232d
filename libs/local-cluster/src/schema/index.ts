export { applyDefaults } from './defaults.js';
export { decodeCustomErrors, decodeErrors } from './decode-errors.js';
export { prune } from './prune.js';
export { validateCustom, validateCustomStatus } from './validate-custom.js';
