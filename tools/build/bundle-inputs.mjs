/** What a bundle was made of, so that `npm start` need not make it anew where nothing has changed. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
/** Says what stands in node_modules; and what makes the bundles. */
const TOOLS = [
  'node_modules/.package-lock.json',
  'tools/build/bundle.mjs',
  'tools/build/bundle-manifests.mjs',
  'tools/build/lean-packages.mjs',
];

const recordOf = (app) => join(app, 'dist/bundle/inputs.json');

/**
 * @param {string} app the app's folder
 * @param {string[]} paths as esbuild names them, relative to the working folder
 * @param {number} since when bundling began: who knows which version of a later one it read
 */
export function recordInputs(app, paths, since) {
  const sources = paths
    .filter((path) => !path.includes('node_modules/') && !path.startsWith('lean-'))
    .map((path) => resolve(path));
  const inputs = [...sources, ...TOOLS.map((path) => join(root, path))];
  const versions = inputs.map((path) => [path, versionOf(path, since)]);
  writeFileSync(recordOf(app), JSON.stringify(Object.fromEntries(versions)));
}

/** Whether an app's bundle is what bundling it now would give. */
export function isCurrent(app) {
  try {
    const inputs = Object.entries(JSON.parse(readFileSync(recordOf(app), 'utf8')));
    return inputs.every(([path, version]) => versionOf(path) === version);
  } catch {
    return false; // never made
  }
}

function versionOf(path, before = Infinity) {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
  return mtimeMs < before ? `${mtimeMs} ${size}` : 'unknown';
}
