export { ensureNodeAssets, type EnsureNodeOptions, type NodeAssets } from './node-assets.js';
export { startRealNode, type RealNode, type RealNodeOptions } from './real-node.js';
export { nodeSupported } from './supported.js';
export { startGateway, type Gateway } from './gateway.js';
