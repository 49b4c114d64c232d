export { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.js';
export { ensureKubeAssets, type EnsureOptions } from './ensure-kube-assets.js';
export { cacheRoot, findKubeAssets } from './find-kube-assets.js';
export { ensureGatewayApi } from './gateway-api.js';
export type { User } from './users.js';
