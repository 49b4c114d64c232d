import type { TestProject } from 'vitest/node';
import { startRealCluster } from './fixture/real-cluster.js';
import type {} from './fixture/suite-cluster.js';

/** One real Kubernetes control plane for the whole suite; each test file takes a namespace of it. */
export default async function setup({ vitest }: TestProject): Promise<() => Promise<void>> {
  const { access, stop } = await startRealCluster();
  vitest.getRootProject().provide('cluster', access); // to what comes after the suites, too
  return stop;
}
