/**
 * The manifests that an app applies, as JSON beside its bundle: reading their YAML would take a tenth of a second of
 * each start. The field `manifests` of its package.json names files and folders of them.
 */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

const root = resolve(import.meta.dirname, '../..');

/**
 * Writes `dist/bundle/manifests.json`, the objects by the path that named them, and returns what it was made of.
 * @param {string} app the app's folder
 */
export function bundleManifests(app) {
  const { manifests = [] } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  if (manifests.length === 0) return [];
  const files = new Map(manifests.map((path) => [path, filesIn(join(root, path))]));
  const objects = [...files].map(([path, found]) => [path, found.flatMap(objectsIn)]);
  writeFileSync(join(app, 'dist/bundle/manifests.json'), JSON.stringify(Object.fromEntries(objects)));
  return [join(app, 'package.json'), ...manifests.map((path) => join(root, path)), ...[...files.values()].flat()];
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(path, name));
}

function objectsIn(file) {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${file} is not valid YAML: ${error.message}`);
    return document.toJS();
  });
}
