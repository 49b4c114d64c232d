export { createControllers } from './create-controllers.js';
