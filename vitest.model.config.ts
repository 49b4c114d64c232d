import { defineConfig } from 'vitest/config';

/** `npm run test:model`: the whole path with a real model behind it (tools/local-model); needs Python. */
export default defineConfig({
  resolve: { conditions: ['@sympozium/source'] },
  ssr: { resolve: { conditions: ['@sympozium/source'] } },
  environments: { __vitest__: { resolve: { conditions: ['@sympozium/source'] } } }, // where globalSetup runs
  test: {
    include: ['tools/integration/src/suite/*.model.test.ts'],
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    globalSetup: ['tools/integration/src/setup-embedded.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000, // the first time it fetches 130 MB
  },
});
