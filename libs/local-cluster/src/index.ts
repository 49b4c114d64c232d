export type { ColumnFacts, KindFacts } from './builtin/kind-facts.js';
export type { LocalCluster, LocalClusterOptions, LocalUser } from './local-cluster-options.js';
export { startLocalCluster } from './local-cluster.js';
