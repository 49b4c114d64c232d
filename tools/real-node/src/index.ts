export { Containerd, type NodeContainer } from './containerd.js';
export { startGateway, type Gateway } from './gateway.js';
export { ensureNodeAssets, type EnsureNodeOptions, type NodeAssets } from './node-assets.js';
export { commandInNode } from './node-config.js';
export { writeProgramImage, type ProgramImageOptions } from './program-image.js';
export { residueOf } from './residue.js';
export type { RealNodeOptions } from './real-node-options.js';
export { startRealNode, type RealNode } from './real-node.js';
export { nodeSupported } from './supported.js';
