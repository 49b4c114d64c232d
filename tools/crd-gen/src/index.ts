export * from './crd.js';
export * from './generated-files.js';
export * from './structural.js';
