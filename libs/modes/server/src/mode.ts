import { defineMode } from '@sympozium/plugin-sdk';
import { ENDPOINT_SLICE, POD } from '@sympozium/plugin-sdk/manifests';
import { serverConfig, serverParams } from './config.js';
import { observeServer } from './observe.js';
import { planServer, STAGES } from './plan.js';

/**
 * The mode `server`: a run becomes a Deployment behind a Service, and lives until it is deleted. That alone ends it:
 * `spec.cancel`, `spec.timeout` and the ttls are a task's.
 */
export const serverMode = defineMode({
  name: 'server',
  lifecycle: 'serving',
  owns: STAGES.map(([kind]) => ({ kind })),
  watches: [POD, ENDPOINT_SLICE],
  params: serverParams,
  config: serverConfig,
  create: (config) => ({ plan: (view) => planServer(view, config), observe: observeServer }),
});
