import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isCurrent } from './bundle-inputs.mjs';

const root = resolve(import.meta.dirname, '../..');

/**
 * Bundles the apps and what starts them.
 * @param {{ onlyChanged: boolean }} options leave out what is as it was when it was bundled
 */
export async function bundleApps({ onlyChanged }) {
  const all = [...readdirSync(join(root, 'apps')).map((app) => join('apps', app)), 'tools/kube-assets'];
  const apps = all.map((app) => join(root, app)).filter((app) => !onlyChanged || !isCurrent(app));
  if (apps.length === 0) return;
  const [{ bundle }, { stop }] = await Promise.all([import('./bundle.mjs'), import('esbuild')]);
  await Promise.all(apps.map(bundle));
  await stop(); // `npm start` lives long, and needs esbuild’s process no more
}
