export { createApiServer, type ApiServer, type ApiServerOptions } from './api-server.js';
export type { VersionInfo } from './documents.js';
export type { Handler, HandlerRequest, Handlers } from './handlers.js';
export type { PodRoads } from './pod-roads.js';
