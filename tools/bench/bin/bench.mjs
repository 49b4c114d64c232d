/** `npm run bench [-- --json FILE]`: measures on a real control plane; see docs/performance.md. */
import { resolve } from 'node:path';
import { bundle } from '../../build/bundle.mjs';

process.chdir(resolve(import.meta.dirname, '../../..'));
await bundle('tools/bench');
await import('../dist/bundle/main.mjs');
