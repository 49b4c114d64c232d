import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);

/** The apps that have an image, each a folder below apps/ with a Dockerfile. */
export const APPS = ['operator', 'web-proxy', 'agent-runner'] as const;

export type App = (typeof APPS)[number];

/** A path of this checkout. */
export const workspaceFile = (path: string): string => fileURLToPath(new URL(path, ROOT));

/** What is told of an npm package, as in its package.json. */
export interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}

/** The package.json of a package's folder, e.g. `apps/operator` or `node_modules/pino`. */
export const packageJson = (folder: string): PackageJson =>
  JSON.parse(readFileSync(workspaceFile(`${folder}/package.json`), 'utf8')) as PackageJson;
