export type { LocalCluster, LocalClusterOptions, LocalUser } from './local-cluster-options.js';
