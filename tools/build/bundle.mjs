/**
 * Bundles one app from its sources to dist/bundle/main.mjs: `node tools/build/bundle.mjs apps/operator`.
 * No decorator metadata is used, so esbuild reads the TypeScript itself (docs/adr/0002).
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleManifests } from './bundle-manifests.mjs';
import { recordInputs } from './bundle-inputs.mjs';
import { leanPackages } from './lean-packages.mjs';

/** @param {string} app the app's folder, e.g. `apps/operator` */
export async function bundle(app) {
  const outdir = join(app, 'dist/bundle');
  const began = Date.now();
  const { outputFiles, metafile } = await build({
    entryPoints: { main: join(app, 'src/main.ts') },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['@sympozium/source'],
    external: ['libsql'], // its native part does not bundle
    mainFields: ['module', 'main'],
    sourcemap: true,
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [leanPackages],
    logLevel: 'warning',
    banner: { js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);" },
    write: false,
    metafile: true,
  });
  mkdirSync(outdir, { recursive: true });
  for (const { path, contents } of outputFiles.reverse()) replace(path, contents);
  replace(join(app, 'dist/metafile.json'), JSON.stringify(metafile)); // what an image is made of: tools/images
  recordInputs(app, [...Object.keys(metafile.inputs), ...bundleManifests(app)], began);
}

/** Whole or not at all: another start may bundle or run the same app now. */
function replace(path, contents) {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, contents);
  renameSync(unfinished, path);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundle(process.argv[2] ?? '.');
