export * from './contract.js';
export * from './skill-pack.js';
