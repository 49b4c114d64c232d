export { defaultRanges, type NetworkRanges } from './address-pool.js';
export { claimRanges, type ClaimedRanges } from './claim-ranges.js';
export { createVirtualNode, type CreateVirtualNodeOptions } from './create-virtual-node.js';
export type { ImageCommands } from './images.js';
export type { KubeletCredentials } from './kubelet-server.js';
export { VirtualNode, type VirtualNodeOptions } from './virtual-node.js';
