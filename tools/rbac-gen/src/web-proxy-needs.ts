import { AGENT_RUN, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { CONFIG_MAP, SECRET } from '@sympozium/plugin-sdk/manifests';
import { needOf, type Need } from './need.js';

/** The shared web proxy’s, in the namespace it serves. */
export const WEB_PROXY_NEEDS: readonly Need[] = [
  needOf(AGENT_RUN, ['create'], 'each request is a run'),
  needOf(AGENT_RUN, ['list', 'watch'], 'runs are followed'),
  needOf(AGENT_RUN, ['get'], 'the stored answer of a run, and who made it'),
  needOf(AGENT_RUN, ['patch'], 'cancelled when its caller is gone'),
  needOf(SYMPOZIUM_INSTANCE, ['list', 'watch'], 'which instances there are, and their limits'),
  needOf(CONFIG_MAP, ['get'], 'results above 32 KiB'),
];

/** The one Secret with its API keys, there too. */
export const keySecretNeeds = (name: string): readonly Need[] => [
  { ...needOf(SECRET, ['list', 'watch'], 'API keys count and end without a restart'), names: [name] },
];
