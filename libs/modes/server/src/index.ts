export { serverMode } from './mode.js';
