import { row, type ErrorRow } from './error-row.js';

/** Why a plugin is refused. */
export const PLUGIN_ERRORS = {
  PLUGIN_NOT_FOUND: row({
    surface: ['plugin'],
    meaning: 'A package that plugins.yaml allows is not installed.',
    action: 'Install it into the plugins folder, or remove it from plugins.yaml.',
  }),
  PLUGIN_MANIFEST_INVALID: row({
    surface: ['plugin'],
    meaning: 'A package does not say what plugin it is, or is not what it says.',
    action: 'Correct the package’s "sympozium" entry in package.json, or its default export.',
  }),
  PLUGIN_MODE_TAKEN: row({
    surface: ['plugin'],
    meaning: 'Two mode plugins have the same name.',
    action: 'Remove one of them from plugins.yaml, or disable it there.',
  }),
  PLUGIN_PACK_TAKEN: row({
    surface: ['plugin'],
    meaning: 'Two plugins bring a SkillPack of the same name.',
    action: 'Remove one of them from plugins.yaml, or disable it there.',
  }),
  PLUGIN_BASE_MISSING: row({
    surface: ['plugin'],
    meaning: 'A plugin extends a mode that no plugin serves.',
    action: 'Add the plugin for that mode.',
  }),
  PLUGIN_CONTRACT_MISMATCH: row({
    surface: ['plugin'],
    meaning: 'A plugin was made for another version of the contract.',
    action: 'Install a version of the plugin for this contract.',
  }),
  PLUGIN_CONFIG_INVALID: row({
    surface: ['plugin'],
    meaning: 'A plugin’s config is not what its schema accepts.',
    action: 'Correct the field that the message names.',
  }),
  PLUGIN_KIND_FORBIDDEN: row({
    surface: ['plugin', 'condition'],
    meaning: 'A plugin wants objects of a kind that it does not own, or that no plugin may own.',
    action: 'Report it to the plugin’s author.',
  }),
} as const satisfies Record<string, ErrorRow>;
