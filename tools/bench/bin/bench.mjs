/** `npm run bench [-- --embedded] [-- --json FILE]`: measures on a real control plane, with --embedded on the embedded API; see docs/performance.md. Runs from the sources. */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

process.chdir(resolve(import.meta.dirname, '../../..'));
await runnerImport('./tools/bench/src/main.ts', {
  configFile: false,
  environments: { inline: { resolve: { conditions: ['@sympozium/source'], noExternal: [/^@sympozium\//] } } },
});
