export { CoreHost, type CoreHostOptions } from './core-host.js';
export { Drain, type DrainOptions } from './drain/drain.js';
export { MODE_PLUGIN, type AdmittedMode } from './plugins/admitted-mode.js';
export { admitPlugins } from './plugins/admit-plugins.js';
export {
  loadPlugins,
  type BuiltinPlugin,
  type LoadedPlugins,
  type LoadPluginsOptions,
} from './plugins/load-plugins.js';
export type { PluginOffer } from './plugins/plugin-offer.js';
export { PluginsRefusedError } from './plugins/plugins-refused-error.js';
