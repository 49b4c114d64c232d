import { errorSentence, SympoziumError, type ErrorCode } from '@sympozium/api';
import { CONTRACT, MODE_TYPE, type ModePlugin } from '@sympozium/plugin-sdk';
import type { AdmittedMode } from './admitted-mode.js';
import { checkFamilies } from './mode-registry.js';
import { PluginsRefusedError } from './plugins-refused-error.js';
import { explainIssues } from './standard-schema.js';

/** A plugin before anything about it is believed. */
export interface PluginOffer {
  /** Where it comes from, for error messages: `built-in` or a package's name. */
  readonly from: string;
  /** What `defineMode` returned. */
  readonly plugin: unknown;
  /** Its configuration before its own schema; absent: `{}`. */
  readonly config?: unknown;
}

/**
 * Checks brand, contract version, config, unique names and extended modes of all plugins, and makes their planners.
 * Rejects with one `PluginsRefusedError` that holds every problem.
 */
export async function admitPlugins(offers: readonly PluginOffer[]): Promise<readonly AdmittedMode[]> {
  const answers = await Promise.all(offers.map(admit));
  const refusals = answers.flatMap((answer) => (answer instanceof SympoziumError ? [answer] : []));
  const problems = [...refusals, ...checkFamilies(offers.map(({ plugin }) => plugin).filter(isModePlugin))];
  if (problems.length > 0) throw new PluginsRefusedError(problems);
  return answers.flatMap((answer) => (answer instanceof SympoziumError ? [] : [answer]));
}

async function admit({ from, plugin, config = {} }: PluginOffer): Promise<AdmittedMode | SympoziumError> {
  if (!isModePlugin(plugin)) return refused('PLUGIN_CONTRACT_MISMATCH', `${from} is not what defineMode() returns`);
  const name = `${plugin.name} (${from})`;
  if (major(plugin.contract) !== major(CONTRACT))
    return refused('PLUGIN_CONTRACT_MISMATCH', `${name} has contract ${plugin.contract}, this operator ${CONTRACT}`);
  try {
    const parsed = await plugin.config['~standard'].validate(config);
    if (parsed.issues) return refused('PLUGIN_CONFIG_INVALID', `${name}: ${explainIssues(parsed.issues)}`);
    return { plugin, planner: plugin.create(parsed.value) };
  } catch (cause) {
    return refused('PLUGIN_CONFIG_INVALID', `${name} threw: ${String(cause)}`, { cause });
  }
}

const refused = (code: ErrorCode, detail: string, options?: ErrorOptions): SympoziumError =>
  new SympoziumError(code, errorSentence(code, detail), options);

const major = (version: string): string => version.split('.')[0] ?? '';

/** The brand and the members that are called; brands, since `instanceof` does not cross package borders. */
function isModePlugin(value: unknown): value is ModePlugin {
  if (typeof value !== 'object' || value === null) return false;
  const plugin = value as Partial<Record<keyof ModePlugin, unknown>>;
  return (
    plugin.$type === MODE_TYPE &&
    typeof plugin.name === 'string' &&
    typeof plugin.contract === 'string' &&
    typeof plugin.create === 'function' &&
    Array.isArray(plugin.owns) &&
    [plugin.params, plugin.config].every(isStandardSchema)
  );
}

const isStandardSchema = (value: unknown): boolean =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
