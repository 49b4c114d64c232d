/** `npm run generate`: writes the CRDs, docs/api.md and docs/errors.md from libs/api. Needs no build before. */
import { resolve } from 'node:path';
import { bundle } from '../../build/bundle.mjs';

process.chdir(resolve(import.meta.dirname, '../../..'));
await bundle('tools/crd-gen');
await import('../dist/bundle/main.mjs');
