export { builtinResources } from './builtin-resources.js';
export { definitionOf, type Definition } from './definitions.js';
