export { createApiServer, type ApiServer, type ApiServerOptions } from './api-server.js';
export type { VersionInfo } from './documents.js';
export type { Handler, HandlerRequest, Handlers } from './handlers.js';
export { podHandlers, type PodHandlersOptions } from './parts/pod-handlers.js';
export { createPodRoads, type PodRoads, type PodRoadsOptions } from './parts/pod-roads.js';
