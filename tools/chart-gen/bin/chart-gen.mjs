/** `npm run generate`: writes schema and README of each chart from its values.yaml. Needs no build before. */
import { resolve } from 'node:path';
import { bundle } from '../../build/bundle.mjs';

process.chdir(resolve(import.meta.dirname, '../../..'));
await bundle('tools/chart-gen');
await import('../dist/bundle/main.mjs');
