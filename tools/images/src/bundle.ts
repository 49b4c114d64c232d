import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { packageJson, workspaceFile, type App, type PackageJson } from './workspace.js';

/** What is read of the metafile that esbuild writes: paths are relative to the checkout. */
export interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly { readonly path: string }[] }>>;
  readonly outputs: Readonly<
    Record<string, { readonly bytes: number; readonly inputs: Readonly<Record<string, { bytesInOutput: number }>> }>
  >;
}

/** A package that is in a bundle, and what of the bundle it imports. */
export interface BundledPackage extends PackageJson {
  /** Where it lies in the checkout; the one thing that tells two of the same name and version apart. */
  readonly folder: string;
  readonly imports: readonly string[];
}

/** The metafile of an app's last bundling. */
export function readMetafile(app: App): Metafile {
  const path = workspaceFile(`apps/${app}/dist/metafile.json`);
  if (!existsSync(path)) throw new Error(`apps/${app} was never bundled: npm run bundle`);
  return JSON.parse(readFileSync(path, 'utf8')) as Metafile;
}

/** Paths of the files that run; what earlier bundlings left beside them is not among them, nor are source maps. */
export function bundleFiles({ outputs }: Metafile): string[] {
  const files = Object.entries(outputs).filter(([path]) => path.endsWith('.mjs'));
  const changed = files.find(([path, { bytes }]) => statSync(workspaceFile(path)).size !== bytes);
  if (changed) throw new Error(`${basename(changed[0])} is not what its metafile tells: npm run bundle`);
  return files.map(([path]) => workspaceFile(path));
}

/** The packages whose code is in the bundle, those of this workspace included. */
export function bundledPackages(
  { inputs, outputs }: Metafile,
  read: (folder: string) => PackageJson = packageJson,
): BundledPackage[] {
  const parts = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const files = new Set(parts.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path));
  const folders = new Set([...files].map(packageFolder).filter((folder) => folder !== undefined));
  /** Folders behind what a file imports; what the bundling made up imports in the name of who imports it. */
  const behind = (file: string): string[] =>
    (inputs[file]?.imports ?? []).flatMap(({ path }) => packageFolder(path) ?? behind(path));
  const importsOf = (folder: string): string[] => {
    const imported = [...files].filter((file) => packageFolder(file) === folder).flatMap(behind);
    return [...new Set(imported)].filter((other) => other !== folder && folders.has(other)).sort();
  };
  return [...folders].sort().map((folder) => ({ ...read(folder), folder, imports: importsOf(folder) }));
}

const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
const WORKSPACE = /^((?:apps|libs|tools)\/.+?)\/src\//;

/** Folder of the package that a file of a metafile belongs to; none for what the bundling itself makes up. */
export function packageFolder(path: string): string | undefined {
  return (PACKAGE.exec(path) ?? [])[0] ?? (WORKSPACE.exec(path) ?? [])[1];
}
