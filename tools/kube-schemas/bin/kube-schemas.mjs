/**
 * `npm run generate:kube-schemas [-- --check]`: writes what the embedded API knows of the built-in kinds, as a real
 * kube-apiserver tells it. Runs from the sources.
 */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

process.chdir(resolve(import.meta.dirname, '../../..'));
await runnerImport('./tools/kube-schemas/src/main.ts', {
  configFile: false,
  environments: { inline: { resolve: { conditions: ['@sympozium/source'], noExternal: [/^@sympozium\//] } } },
});
