import { groupOf, GROUP, SympoziumError, type Kind } from '@sympozium/api';
import { CONTRACT, MODE_TYPE, type ModePlugin, type OwnedKind } from '@sympozium/plugin-sdk';
import type { AdmittedMode } from './admitted-mode.js';
import { checkFamilies } from './mode-registry.js';
import { brandOf, isThisContract, judged, type Judged, type PluginOffer } from './plugin-offer.js';
import { PluginsRefusedError } from './plugins-refused-error.js';
import { refused, thrown } from './refused.js';
import { explainIssues } from './standard-schema.js';

/**
 * Checks brand, contract version, kinds, config, unique names and extended modes of all mode plugins, and makes their
 * planners. Rejects with one `PluginsRefusedError` that holds every problem.
 */
export async function admitPlugins(offers: readonly PluginOffer[]): Promise<readonly AdmittedMode[]> {
  const { admitted, problems } = await judgeModes(offers);
  if (problems.length > 0) throw new PluginsRefusedError(problems);
  return admitted;
}

/** The same, but says what is wrong instead of throwing. */
export async function judgeModes(offers: readonly PluginOffer[]): Promise<Judged<AdmittedMode>> {
  const { admitted, problems } = judged(await Promise.all(offers.map(admit)));
  const named = offers.flatMap(({ from, plugin }) => (isModePlugin(plugin) ? [{ plugin, from }] : []));
  return { admitted, problems: [...problems, ...checkFamilies(named)] };
}

async function admit({ from, plugin, config = {} }: PluginOffer): Promise<AdmittedMode | SympoziumError> {
  if (!isModePlugin(plugin)) return refused('PLUGIN_CONTRACT_MISMATCH', `${from} is not what defineMode() returns`);
  const name = `${plugin.name} (${from})`;
  if (!isThisContract(plugin.contract))
    return refused('PLUGIN_CONTRACT_MISMATCH', `${name} has contract ${plugin.contract}, this operator ${CONTRACT}`);
  const forbidden = plugin.owns.map(({ kind }) => kind).filter(isForbidden);
  if (forbidden.length > 0)
    return refused('PLUGIN_KIND_FORBIDDEN', `${name} owns ${forbidden.map(({ kind }) => kind).join(', ')}`);
  try {
    const parsed = await plugin.config['~standard'].validate(config);
    if (parsed.issues) return refused('PLUGIN_CONFIG_INVALID', `${name}: ${explainIssues(parsed.issues)}`);
    return { plugin, planner: plugin.create(parsed.value) };
  } catch (cause) {
    return refused('PLUGIN_CONFIG_INVALID', `${name} threw: ${thrown(cause)}`, { cause });
  }
}

/** A run has its children beside itself, in its namespace; and what makes runs is the host's, or runs make runs. */
const isForbidden = (kind: Kind): boolean => !kind.namespaced || groupOf(kind) === GROUP;

/** The brand and the members that are called. */
export function isModePlugin(value: unknown): value is ModePlugin {
  if (brandOf(value) !== MODE_TYPE) return false;
  const plugin = value as Partial<Record<keyof ModePlugin, unknown>>;
  return (
    typeof plugin.name === 'string' &&
    typeof plugin.contract === 'string' &&
    typeof plugin.create === 'function' &&
    isListOf(plugin.owns, isOwnedKind) &&
    isListOf(plugin.watches ?? [], isKind) &&
    [plugin.params, plugin.config].every(isStandardSchema)
  );
}

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem);

const isOwnedKind = (value: unknown): boolean => isKind((Object(value) as Partial<OwnedKind>).kind);

function isKind(value: unknown): boolean {
  const { apiVersion, kind, plural, namespaced } = Object(value) as Partial<Record<keyof Kind, unknown>>;
  return [apiVersion, kind, plural].every((part) => typeof part === 'string') && typeof namespaced === 'boolean';
}

const isStandardSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
