export { taskMode } from './mode.js';
