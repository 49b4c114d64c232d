import type { TestProject } from 'vitest/node';
import type { ClusterAccess } from './fixture/cluster.js';
import { startRealCluster } from './fixture/real-cluster.js';

declare module 'vitest' {
  interface ProvidedContext {
    cluster: ClusterAccess;
  }
}

/** One cluster for the whole suite; each test file takes a namespace of it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { access, stop } = await startRealCluster();
  provide('cluster', access);
  return stop;
}
