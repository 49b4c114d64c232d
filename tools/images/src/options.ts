import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { APPS, type App } from './workspace.js';

/** What `npm run images` was asked for. */
export interface Options {
  readonly out: string;
  /** Reference of the image below ours, as buildah pulls it; absent: the local one. */
  readonly base?: string;
  readonly apps: readonly App[];
}

export const HELP = `Usage: npm run images [-- --out FOLDER] [--base REF] [--app NAME…] [--help]

Builds an image of each app, without network, and writes it as an OCI archive with an SBOM beside it.

  --out FOLDER   where they are written (dist/images)
  --base REF     the image below ours, as buildah pulls it: docker.io/library/node:24-slim@sha256:…,
                 oci-archive:PATH (a local one of npm's Node 24 binary and this Debian's C library)
  --app NAME…    one of ${APPS.join(', ')}; several times for several (all)
  --help         this text
`;

/** Reads the arguments; `undefined` when help was asked for. Throws an `Error` that says what is wrong. */
export function readOptions(args: readonly string[], cwd: string = process.cwd()): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  // `--app operator web-proxy` names two.
  const names = [...(values.app ?? []), ...positionals];
  if (positionals.length > 0 && !values.app) throw new Error(`what is ${positionals.join(' ')}? Name apps with --app.`);
  if (values.base === '') throw new Error('--base is empty; leave it out for the local base.');
  return {
    out: resolve(cwd, values.out),
    ...(values.base !== undefined && { base: values.base }),
    apps: names.length > 0 ? [...new Set(names.map(app))] : APPS,
  };
}

function parse(args: readonly string[]) {
  const options = {
    out: { type: 'string', default: 'dist/images' },
    base: { type: 'string' },
    app: { type: 'string', multiple: true },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (cause) {
    throw new Error(`${(cause as Error).message}. --help lists what is allowed.`, { cause });
  }
}

function app(name: string): App {
  const found = APPS.find((known) => known === name);
  if (found === undefined) throw new Error(`there is no app ${name}; the apps with an image are ${APPS.join(', ')}.`);
  return found;
}
