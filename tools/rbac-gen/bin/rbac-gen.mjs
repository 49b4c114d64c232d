/**
 * `npm run generate`: writes what operator and web proxy may do, into config/rbac and the charts, from what the plugins
 * own and a table of the apps' own needs. `--check` writes nothing, and fails where something differs. Needs no build.
 */
import { resolve } from 'node:path';
import { bundle } from '../../build/bundle.mjs';

process.chdir(resolve(import.meta.dirname, '../../..'));
await bundle('tools/rbac-gen');
await import('../dist/bundle/main.mjs');
