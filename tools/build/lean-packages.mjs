/**
 * Leaves out of the bundles what packages bring and no app uses. Reading its own code is most of what a process of Node
 * does when it starts, and this is a quarter of the operator’s and of the web proxy’s.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const libs = resolve(import.meta.dirname, '../../libs');

/** What stands in place of a package’s file, by the name that it is imported by and by whom. */
const REPLACEMENTS = [
  {
    // The Kubernetes client needs connections alone: no fetch, web sockets, caches, proxies, doubles.
    filter: /^undici$/,
    importer: /libs.kube.src/,
    contents: `
      const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
      Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'));
      exports.Client = require('undici/lib/dispatcher/client.js');
      exports.Pool = require('undici/lib/dispatcher/pool.js');
      exports.buildConnector = require('undici/lib/core/connect.js');`,
  },
  {
    // What zod says, it says in English.
    filter: /^\.\.\/locales\/index\.js$/,
    importer: /node_modules.zod/,
    contents: `export { default as en } from '../locales/en.js';`,
  },
];

/** An esbuild plugin. */
export const leanPackages = {
  name: 'lean packages',
  setup(build) {
    for (const [index, { filter, importer, contents }] of REPLACEMENTS.entries()) {
      const namespace = `lean-${index}`;
      build.onResolve({ filter }, ({ path, importer: by, resolveDir }) =>
        importer.test(by) ? { path, namespace, pluginData: resolveDir } : undefined,
      );
      build.onLoad({ filter, namespace }, ({ pluginData: resolveDir }) => ({ contents, resolveDir }));
    }
    build.onResolve({ filter: /^ajv(\/|$)/ }, (args) => sharedAjv(build, args));
  },
};

/** Packages have copies of ajv of their own, most of them of one version: ESLint’s older one is where they would share. */
async function sharedAjv(build, { path, kind, importer, resolveDir, pluginData }) {
  if (pluginData === sharedAjv) return undefined; // asked from here
  const from = (folder) => build.resolve(path, { kind, importer, resolveDir: folder, pluginData: sharedAjv });
  const [own, shared] = await Promise.all([from(resolveDir), from(join(libs, 'host'))]);
  return own.errors.length === 0 && versionOf(own.path) === versionOf(shared.path) ? shared : own;
}

function versionOf(file) {
  const [folder] = /^.*node_modules.ajv(?=[/\\])/.exec(file) ?? [];
  return folder === undefined ? file : JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}
