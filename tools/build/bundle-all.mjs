/** Bundles every app; about a second, so tests and `npm start` never run stale code. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from './bundle.mjs';

const apps = resolve(import.meta.dirname, '../../apps');
await Promise.all(readdirSync(apps).map((app) => bundle(join(apps, app))));
