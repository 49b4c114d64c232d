import { defineMode } from '@sympozium/plugin-sdk';
import { HTTP_ROUTE, SERVICE } from '@sympozium/plugin-sdk/manifests';
import { gatewayConfig, gatewayParams } from './config.js';
import { hostnamesOf } from './hostname-holder.js';
import { observeRoute, planRoute } from './route.js';

/** Extends `server`: an HTTPRoute of the Gateway API leads to the run's Service. */
export const gatewayMode = defineMode({
  name: 'gateway',
  extends: 'server',
  lifecycle: 'serving',
  owns: [{ kind: HTTP_ROUTE, optional: true, claims: hostnamesOf }],
  watches: [SERVICE],
  params: gatewayParams,
  config: gatewayConfig,
  create: (config) => ({
    plan: (view) => planRoute(view, config),
    observe: (view) => observeRoute(view, config),
  }),
});
