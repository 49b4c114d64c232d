import type { SympoziumInstance } from '@sympozium/api';
import type { RunView } from '@sympozium/plugin-sdk';
import {
  httpRoute,
  service,
  type HttpRoute,
  type ParentReference,
  type RouteCondition,
  type RouteParentStatus,
} from '@sympozium/plugin-sdk/manifests';
import { runView, type ViewParts } from '@sympozium/plugin-sdk/testing';
import type { GatewayParams } from './config.js';

/** Routes as a real cluster shows them, for tests of what is planned and observed. */

export type Endpoint = NonNullable<SympoziumInstance['spec']['endpoint']>;

export const PARENT = { name: 'public', namespace: 'gateways', sectionName: 'https' };
export const ENDPOINT: Endpoint = { hostname: 'agent.example.com', gateway: PARENT };

export const serviceObject = () => service('demo-server', {});

/** A view of the server run of the instance `demo`, whose Service is there. */
export function routeView(
  parts: ViewParts<GatewayParams> & { readonly endpoint?: Endpoint | undefined } = {},
): RunView<GatewayParams> {
  const { endpoint, ...rest } = parts;
  return runView<GatewayParams>({
    run: { metadata: { name: 'demo-server' }, spec: { mode: 'server' } },
    related: [serviceObject()],
    instance: { spec: endpoint ? { endpoint } : {} },
    ...rest,
  });
}

/** The run's route, of generation 2, and what controllers say of it. */
export function routeObject(
  parents: readonly RouteParentStatus[] = [],
  parentRefs: ParentReference[] = [PARENT],
): HttpRoute {
  const route = httpRoute('demo-server', { parentRefs, hostnames: ['agent.example.com'], rules: [] });
  return {
    ...route,
    metadata: { ...route.metadata, namespace: 'default', generation: 2 },
    status: { parents: [...parents] },
  };
}

export const said = (type: string, status: RouteCondition['status'], reason: string, message = ''): RouteCondition => ({
  type,
  status,
  reason,
  message,
  observedGeneration: 2,
});

export const ACCEPTED = said('Accepted', 'True', 'Accepted');
export const RESOLVED = said('ResolvedRefs', 'True', 'ResolvedRefs');

/** What one controller says of a parent. */
export const says = (conditions: readonly RouteCondition[], parentRef: ParentReference = PARENT) => ({
  parentRef,
  controllerName: 'example.com/gateway',
  conditions: [...conditions],
});
