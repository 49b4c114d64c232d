import { defineConfig } from 'vitest/config';

/** `npm run test:kube`: the integration suite on a real Kubernetes control plane (tools/kube-assets). */
export default defineConfig({
  resolve: { conditions: ['@sympozium/source'] },
  ssr: { resolve: { conditions: ['@sympozium/source'] } },
  environments: { __vitest__: { resolve: { conditions: ['@sympozium/source'] } } }, // where globalSetup runs
  test: {
    include: ['tools/integration/src/suite/*.{int,kube}.test.ts'],
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    globalSetup: ['tools/integration/src/setup-real.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
});
