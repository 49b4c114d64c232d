export { RunWorld } from './run-world.js';
