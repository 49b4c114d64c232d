import { defineConfig } from 'vitest/config';
import { fromSources } from './tools/build/vitest-sources.mjs';

/** `npm run test:node`: a real Kubernetes node behind a real gateway (tools/real-node); needs Linux and root. */
export default defineConfig({
  ...fromSources,
  test: {
    include: ['tools/integration/src/suite/*.node.test.ts'],
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    globalSetup: ['tools/integration/src/setup-node.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 1, // one node, two cores
  },
});
