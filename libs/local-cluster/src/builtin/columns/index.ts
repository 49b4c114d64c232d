export { cellsOf } from './cells-of.js';
export { SCALE_COLUMNS } from './scale.js';
