export { createControllers, type ControllersOptions } from './create-controllers.js';
