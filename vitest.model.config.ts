import { defineConfig } from 'vitest/config';
import { fromSources } from './tools/build/vitest-sources.mjs';

/** `npm run test:model`: the whole path with a real model behind it (tools/local-model); needs Python. */
export default defineConfig({
  ...fromSources,
  test: {
    include: ['tools/integration/src/suite/*.model.test.ts'],
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    globalSetup: ['tools/integration/src/setup-embedded.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000, // the first time it fetches 130 MB
  },
});
