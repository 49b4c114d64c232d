import type { PluginOffer } from '@sympozium/host';
import { taskMode } from '@sympozium/mode-task';
import type { OperatorSettings } from './settings.js';

/** The mode plugins that come with the operator; they are admitted like everybody else's. */
export const builtinPlugins = ({ agentImage }: Pick<OperatorSettings, 'agentImage'>): readonly PluginOffer[] => [
  { from: 'built-in', plugin: taskMode, config: { agentImage } },
];
