import { defineConfig } from 'vitest/config';

/** `npm test`: everything that needs nothing but Node. */
export default defineConfig({
  resolve: { conditions: ['@sympozium/source'] },
  ssr: { resolve: { conditions: ['@sympozium/source'] } },
  test: {
    include: ['{apps,libs,tools}/**/src/**/*.unit.test.ts'],
    reporters: ['default', './tools/build/vitest-reporter.mjs'],
  },
});
