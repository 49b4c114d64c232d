export * from './api-server.js';
export * from './generated-files.js';
