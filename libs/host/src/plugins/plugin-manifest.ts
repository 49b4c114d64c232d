import { CONTRACT, MODE_TYPE, SKILL_PACK_TYPE } from '@sympozium/plugin-sdk';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { satisfies, validRange } from 'semver';
import { z } from 'zod';
import { refused, thrown } from './refused.js';

/** The brand of the default export of each kind of package. */
export const BRANDS = { mode: MODE_TYPE, 'skill-pack': SKILL_PACK_TYPE } as const;

/** What a package says about itself in package.json, under `sympozium`. */
export interface PluginManifest {
  readonly kind: keyof typeof BRANDS;
  /** Versions of the contract that it was made for: a range. */
  readonly contract: string;
}

const manifest = z.object({
  kind: z.enum(['mode', 'skill-pack'], 'write "mode" or "skill-pack"'),
  contract: z
    .string('write a range of versions, such as "^1"')
    .refine((range) => validRange(range) !== null, 'write a range of versions, such as "^1"'),
});

const packageJson = z.object({
  sympozium: z.object(manifest.shape, 'write {"kind": "mode" or "skill-pack", "contract": "^1"}'),
});

/**
 * Reads what an installed package says it is, and runs nothing of it. Rejects with `PLUGIN_NOT_FOUND`,
 * `PLUGIN_MANIFEST_INVALID`, or `PLUGIN_CONTRACT_MISMATCH` when it was made for other versions than this one's.
 */
export async function readManifest(name: string, packageFolder: string): Promise<PluginManifest> {
  const parsed = packageJson.safeParse(parseJson(name, await textOf(name, packageFolder)));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw refused('PLUGIN_MANIFEST_INVALID', `${name}: package.json: ${problems.join('; ')}`);
  }
  const { sympozium } = parsed.data;
  if (!satisfies(CONTRACT, sympozium.contract))
    throw refused(
      'PLUGIN_CONTRACT_MISMATCH',
      `${name} is for contract ${sympozium.contract}, and this operator has ${CONTRACT}`,
    );
  return sympozium;
}

async function textOf(name: string, packageFolder: string): Promise<string> {
  try {
    return await readFile(join(packageFolder, 'package.json'), 'utf8');
  } catch (cause) {
    throw refused('PLUGIN_NOT_FOUND', `${name} is not in ${packageFolder}`, { cause });
  }
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused('PLUGIN_MANIFEST_INVALID', `${name}: package.json is no JSON: ${thrown(cause)}`, { cause });
  }
}
