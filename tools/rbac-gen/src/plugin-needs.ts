import type { Kind } from '@sympozium/api';
import type { ModePlugin } from '@sympozium/plugin-sdk';
import { needOf, type Need } from './need.js';

type Plugin = Pick<ModePlugin, 'name' | 'owns' | 'watches'>;

/** What the host does for plugins: it makes, follows and removes what they own, and follows what they watch. */
export function pluginNeeds(plugins: readonly Plugin[]): readonly Need[] {
  const owned = byKind(plugins, ({ owns }) => owns.map(({ kind }) => kind));
  const watched = byKind(plugins, ({ watches = [] }) => watches);
  return [...owned.flatMap(ownedNeeds), ...watched.flatMap(watchedNeeds)];
}

interface KindOfPlugins {
  readonly kind: Kind;
  /** Names of the plugins. */
  readonly plugins: readonly string[];
}

function byKind(plugins: readonly Plugin[], kindsOf: (plugin: Plugin) => readonly Kind[]): KindOfPlugins[] {
  const found = new Map<string, { kind: Kind; plugins: string[] }>();
  for (const plugin of plugins)
    for (const kind of kindsOf(plugin)) {
      const key = `${kind.apiVersion}/${kind.plural}`;
      const entry = found.get(key) ?? { kind, plugins: [] };
      entry.plugins.push(plugin.name);
      found.set(key, entry);
    }
  return [...found.values()];
}

const ownedNeeds = ({ kind, plugins }: KindOfPlugins): Need[] => [
  needOf(kind, ['create', 'patch', 'delete'], `made, kept as wished and removed for ${modes(plugins)}`),
  needOf(kind, ['list', 'watch'], 'what was made is followed'),
  needOf(kind, ['get'], 'whose a name is, when it is taken'),
];

const watchedNeeds = ({ kind, plugins }: KindOfPlugins): Need[] => [
  needOf(kind, ['list', 'watch'], `followed for ${modes(plugins)}`),
];

const modes = (names: readonly string[]): string => `mode${names.length > 1 ? 's' : ''} ${names.join(', ')}`;
