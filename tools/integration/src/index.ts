export type { ClusterAccess } from './fixture/cluster.js';
export { agentImage } from './fixture/images.js';
export { ModelDouble, says } from './fixture/model-double.js';
export { startEmbeddedCluster } from './fixture/embedded-cluster.js';
export { startRealCluster } from './fixture/real-cluster.js';
export type { RunningCluster } from './fixture/start-cluster.js';
export { API_KEY, Sympozium } from './fixture/sympozium.js';
export { until } from './fixture/until.js';
