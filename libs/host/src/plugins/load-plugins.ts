import { SympoziumError, type JsonObject } from '@sympozium/api';
import { SKILL_PACK_TYPE, type OwnedKind, type SkillPackPlugin } from '@sympozium/plugin-sdk';
import type { AdmittedMode } from './admitted-mode.js';
import { judgePacks } from './admit-packs.js';
import { isModePlugin, judgeModes } from './admit-plugins.js';
import { importPlugin } from './import-plugin.js';
import { readPluginEntries, type PluginEntry } from './plugin-entry.js';
import { brandOf, judged, type PluginOffer } from './plugin-offer.js';
import { PluginsRefusedError } from './plugins-refused-error.js';

/** A plugin that comes with the operator; plugins.yaml may configure it by its package, or switch it off. */
export interface BuiltinPlugin extends PluginOffer {
  /** What the operator itself says; what plugins.yaml says wins, field by field. */
  readonly config?: JsonObject;
}

export interface LoadPluginsOptions {
  readonly builtins: readonly BuiltinPlugin[];
  /** Path of plugins.yaml; absent: the built-ins only. */
  readonly file?: string | undefined;
  /** Folder whose node_modules hold the packages that plugins.yaml allows. */
  readonly folder: string;
}

/** Plugins that may run. */
export interface LoadedPlugins {
  readonly modes: readonly AdmittedMode[];
  readonly packs: readonly SkillPackPlugin[];
  /** Kinds of built-in modes that are switched off: what they made is removed. */
  readonly retired: readonly OwnedKind[];
}

/**
 * Loads the built-in plugins and those that plugins.yaml allows; from there on nobody asks which is which.
 * Rejects with one `PluginsRefusedError` that holds every problem of every package, or with `SETTING_INVALID` for a
 * file that cannot be read as a list of plugins.
 */
export async function loadPlugins({ builtins, file, folder }: LoadPluginsOptions): Promise<LoadedPlugins> {
  const entries = file === undefined ? [] : await readPluginEntries(file);
  const own = new Set(builtins.map(({ from }) => from));
  const foreign = entries.filter((entry) => entry.enabled && !own.has(entry.package));
  const found = judged(await Promise.all(foreign.map((entry) => offerOf(entry, folder))));
  const offers = [...configured(builtins, entries), ...found.admitted];
  const isPack = ({ plugin }: PluginOffer): boolean => brandOf(plugin) === SKILL_PACK_TYPE;
  const modes = await judgeModes(offers.filter((offer) => !isPack(offer)));
  const packs = judgePacks(offers.filter(isPack));
  const problems = [...found.problems, ...modes.problems, ...packs.problems];
  if (problems.length > 0) throw new PluginsRefusedError(problems);
  const retired = builtins.filter(({ from }) => !offers.some((offer) => offer.from === from));
  return { modes: modes.admitted, packs: packs.admitted, retired: retired.flatMap(ownedBy) };
}

const ownedBy = ({ plugin }: BuiltinPlugin): readonly OwnedKind[] => (isModePlugin(plugin) ? plugin.owns : []);

function configured(builtins: readonly BuiltinPlugin[], entries: readonly PluginEntry[]): readonly PluginOffer[] {
  const byPackage = new Map(entries.map((entry) => [entry.package, entry]));
  return builtins.flatMap((builtin) => {
    const { enabled = true, config } = byPackage.get(builtin.from) ?? {};
    return enabled ? [{ ...builtin, config: { ...builtin.config, ...config } }] : [];
  });
}

async function offerOf({ package: from, config }: PluginEntry, folder: string): Promise<PluginOffer | SympoziumError> {
  try {
    return { from, plugin: await importPlugin(from, folder), config };
  } catch (problem) {
    if (problem instanceof SympoziumError) return problem;
    throw problem;
  }
}
