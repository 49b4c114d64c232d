export { OpenApi } from './open-api.js';
