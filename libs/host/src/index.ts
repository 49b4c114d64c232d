export { CoreHost, type CoreHostOptions } from './core-host.js';
export { MODE_PLUGIN, type AdmittedMode } from './plugins/admitted-mode.js';
export { admitPlugins, type PluginOffer } from './plugins/admit-plugins.js';
export { PluginsRefusedError } from './plugins/plugins-refused-error.js';
