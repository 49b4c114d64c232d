import { defineConfig } from 'vitest/config';
import { fromSources } from './tools/build/vitest-sources.mjs';

/** `npm test`: everything that needs nothing but Node; the integration suite runs on the embedded API. */
export default defineConfig({
  test: {
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
    projects: [
      {
        ...fromSources,
        test: {
          name: 'unit',
          include: ['{apps,libs,tools}/**/src/**/*.unit.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...fromSources,
        test: {
          name: 'embedded',
          include: ['tools/integration/src/suite/*.int.test.ts'],
          globalSetup: ['tools/integration/src/setup-embedded.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...fromSources,
        test: {
          name: 'rights', // what the audit log shows when all suites have run
          include: ['tools/integration/src/suite/*.audit.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
