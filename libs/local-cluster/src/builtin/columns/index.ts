export { cellsOf } from './cells-of.js';
