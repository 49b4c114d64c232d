export { BuildLock } from './build-lock.js';
export { Component, type ComponentOptions } from './component.js';
export { startControlPlane, type ControlPlane, type ControlPlaneOptions } from './control-plane.js';
export { ensureKubeAssets, type EnsureOptions } from './ensure-kube-assets.js';
export { cacheRoot, findKubeAssets, hostPlatform, kubernetesVersion, pinnedVersion } from './find-kube-assets.js';
export { ensureGatewayApi } from './gateway-api.js';
export { buildBinaries, linkerFlags, requireGo, type BuildOptions } from './go-build.js';
export type { Place } from './place.js';
export type { User } from './users.js';
