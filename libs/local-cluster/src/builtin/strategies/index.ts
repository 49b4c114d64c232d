export { strategyOf } from './strategy-of.js';
