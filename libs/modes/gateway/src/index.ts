export { gatewayMode } from './mode.js';
