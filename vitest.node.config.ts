import { defineConfig } from 'vitest/config';

/** `npm run test:node`: a real Kubernetes node behind a real gateway (tools/real-node); needs Linux and root. */
export default defineConfig({
  resolve: { conditions: ['@sympozium/source'] },
  ssr: { resolve: { conditions: ['@sympozium/source'] } },
  environments: { __vitest__: { resolve: { conditions: ['@sympozium/source'] } } }, // where globalSetup runs
  test: {
    include: ['tools/integration/src/suite/*.node.test.ts'],
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    globalSetup: ['tools/integration/src/setup-node.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    maxWorkers: 1, // one node, two cores
  },
});
