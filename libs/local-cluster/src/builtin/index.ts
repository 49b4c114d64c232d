export { builtinResources } from './builtin-resources.js';
