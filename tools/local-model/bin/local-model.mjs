/** `npm run local-model [PORT]`: a small real model behind llama.cpp's server, until Ctrl-C. Runs from the sources. */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

process.chdir(resolve(import.meta.dirname, '../../..'));
await runnerImport('./tools/local-model/src/main.ts', {
  configFile: false,
  environments: { inline: { resolve: { conditions: ['@sympozium/source'], noExternal: [/^@sympozium\//] } } },
});
