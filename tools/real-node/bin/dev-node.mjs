#!/usr/bin/env node
/** `npm run dev:node`: a real Kubernetes node with a real gateway, until Ctrl-C. Runs from the sources. */
import { resolve } from 'node:path';
import { runnerImport } from 'vite';

process.chdir(resolve(import.meta.dirname, '../../..'));
await runnerImport('./tools/real-node/src/main.ts', {
  configFile: false,
  environments: { inline: { resolve: { conditions: ['@sympozium/source'], noExternal: [/^@sympozium\//] } } },
});
