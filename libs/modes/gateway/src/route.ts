import { childName, CONDITION } from '@sympozium/api';
import type { Desired, Observation, ObservedView, RunView } from '@sympozium/plugin-sdk';
import { HTTP_ROUTE, httpRoute, SERVICE, type HttpRoute } from '@sympozium/plugin-sdk/manifests';
import { acceptanceOf, WAITING, type Acceptance } from './acceptance.js';
import type { GatewayConfig, GatewayParams } from './config.js';
import { wishedRoute } from './wish.js';

/** The route, once there is a Service to lead to; one that stands stays when the Service is lost for a moment. */
export function planRoute(view: RunView<GatewayParams>, config: GatewayConfig): readonly Desired[] {
  const wished = wishedRoute(view, view.instance, config);
  if ('reason' in wished || !(hasService(view) || routeOf(view))) return [];
  return [{ object: httpRoute(childName(view.run.metadata.name), wished), stage: 'route', onDrift: 'apply' }];
}

/** The condition RouteAccepted. The state is the base's to tell. */
export function observeRoute(view: ObservedView<GatewayParams>, config: GatewayConfig): Observation {
  const acceptance = acceptanceIn(view, config);
  return {
    state: 'pending',
    conditions: acceptance ? [{ type: CONDITION.routeAccepted, ...acceptance }] : [],
  };
}

function acceptanceIn(view: ObservedView<GatewayParams>, config: GatewayConfig): Acceptance | undefined {
  const route = routeOf(view);
  if (!view.instance) return route && acceptanceOf(route);
  const wished = wishedRoute(view, view.instance, config);
  if ('reason' in wished) return { status: 'False', ...wished };
  return route ? acceptanceOf(route) : WAITING;
}

const routeOf = ({ run, children }: ObservedView<GatewayParams>): HttpRoute | undefined =>
  children.of(HTTP_ROUTE).find(({ metadata }) => metadata.name === childName(run.metadata.name));

const hasService = ({ run, related }: ObservedView<GatewayParams>): boolean =>
  related.of(SERVICE).some(({ metadata }) => metadata.name === childName(run.metadata.name));
