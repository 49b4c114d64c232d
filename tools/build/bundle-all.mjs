/** Bundles every app and what starts them; about a second, so tests and `npm start` never run stale code. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stop } from 'esbuild';
import { bundle } from './bundle.mjs';

const root = resolve(import.meta.dirname, '../..');
const apps = readdirSync(join(root, 'apps')).map((app) => join(root, 'apps', app));
await Promise.all([...apps, join(root, 'tools/kube-assets')].map(bundle));
await stop(); // `npm start` lives long, and needs esbuild’s process no more
