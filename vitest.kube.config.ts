import { defineConfig } from 'vitest/config';
import { fromSources } from './tools/build/vitest-sources.mjs';

/** `npm run test:kube`: the integration suite on a real Kubernetes control plane (tools/kube-assets). */
export default defineConfig({
  test: {
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    projects: [
      {
        ...fromSources,
        test: {
          name: 'kube',
          include: ['tools/integration/src/suite/*.{int,kube}.test.ts'],
          globalSetup: ['tools/integration/src/setup-real.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...fromSources,
        test: {
          name: 'rights', // what the audit log shows when all suites have run
          include: ['tools/integration/src/suite/*.{audit,kube-audit}.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
