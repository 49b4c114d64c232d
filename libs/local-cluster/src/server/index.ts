export { createApiServer, type ApiServer, type ApiServerOptions } from './api-server.js';
export type { Handlers } from './handlers.js';
export { podHandlers } from './parts/pod-handlers.js';
export { createPodRoads } from './parts/pod-roads.js';
