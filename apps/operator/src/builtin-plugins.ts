import type { BuiltinPlugin } from '@sympozium/host';
import { gatewayMode } from '@sympozium/mode-gateway';
import { serverMode } from '@sympozium/mode-server';
import { taskMode } from '@sympozium/mode-task';
import { webEndpoint } from '@sympozium/skill-web-endpoint';
import type { OperatorSettings } from './settings.js';

/** The plugins that come with the operator, by package; they take the same road as everybody else's. */
export const builtinPlugins = ({
  agentImage,
  webProxyImage,
}: Pick<OperatorSettings, 'agentImage' | 'webProxyImage'>): readonly BuiltinPlugin[] => [
  { from: '@sympozium/mode-task', plugin: taskMode, config: { agentImage } },
  { from: '@sympozium/mode-server', plugin: serverMode },
  { from: '@sympozium/mode-gateway', plugin: gatewayMode },
  { from: '@sympozium/skill-web-endpoint', plugin: webEndpoint({ image: webProxyImage }) },
];
