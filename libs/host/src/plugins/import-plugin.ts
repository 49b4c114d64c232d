import { resolve } from 'import-meta-resolve';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BRANDS, readManifest } from './plugin-manifest.js';
import { brandOf } from './plugin-offer.js';
import { refused, thrown } from './refused.js';

/**
 * The default export of a package that is installed in `folder`/node_modules, if it is what the package's manifest
 * says. Rejects with a `PLUGIN_*` error; nothing of a package runs before its manifest is right.
 */
export async function importPlugin(name: string, folder: string): Promise<unknown> {
  const packageFolder = join(folder, 'node_modules', name);
  const { kind } = await readManifest(name, packageFolder);
  const plugin = await defaultExport(name, await entryOf(name, folder, packageFolder));
  if (brandOf(plugin) !== BRANDS[kind])
    throw refused(
      'PLUGIN_MANIFEST_INVALID',
      `${name}: it says to be a ${kind}, but its default export is not what ${MAKERS[kind]}() returns`,
    );
  return plugin;
}

const MAKERS = { mode: 'defineMode', 'skill-pack': 'defineSkillPack' } as const;

/** The URL of what `import` of the package means to a module in the folder: its `exports`, else its `main`. */
async function entryOf(name: string, folder: string, packageFolder: string): Promise<string> {
  try {
    const url = resolve(name, pathToFileURL(join(folder, 'plugins.yaml')).href);
    const inside = `${await realpath(packageFolder)}${sep}`;
    if (url.startsWith('file:') && fileURLToPath(url).startsWith(inside)) return url;
    throw new Error(`${url} is not inside ${inside}`);
  } catch (cause) {
    throw refused('PLUGIN_MANIFEST_INVALID', `${name}: it has no entry to import: ${thrown(cause)}`, { cause });
  }
}

async function defaultExport(name: string, url: string): Promise<unknown> {
  try {
    return ((await import(url)) as { default?: unknown }).default;
  } catch (cause) {
    throw refused('PLUGIN_MANIFEST_INVALID', `${name}: its import threw: ${thrown(cause)}`, { cause });
  }
}
