import type { TestProject } from 'vitest/node';
import { startEmbeddedCluster } from './fixture/embedded-cluster.js';
import type {} from './fixture/suite-cluster.js';

/** One embedded API for the whole suite; each test file takes a namespace of it. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { access, stop } = await startEmbeddedCluster();
  provide('cluster', access);
  return stop;
}
