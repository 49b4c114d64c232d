import { hostname } from '@sympozium/api';
import { z } from 'zod';

/** The gateway plugin's configuration, from the operator's `plugins.yaml`: what holds where an instance says nothing. */
export const gatewayConfig = z.strictObject({
  gateway: z
    .strictObject({
      name: z.string().min(1).max(253).describe('Name of the Gateway.'),
      namespace: z.string().min(1).max(63).optional().describe('Its namespace; absent: each instance’s.'),
      sectionName: z.string().min(1).max(253).optional().describe('One of its listeners; absent: all.'),
    })
    .optional()
    .describe('The Gateway that leads to instances which name none; absent: those get no route.'),
  baseDomain: hostname
    .optional()
    .describe('An instance without a host name gets <instance>.<namespace>.<baseDomain>; absent: none.'),
});

export type GatewayConfig = z.infer<typeof gatewayConfig>;

/** `AgentRun.spec.params`: a route reads none. */
export const gatewayParams = z.record(z.string(), z.unknown());

export type GatewayParams = z.infer<typeof gatewayParams>;
