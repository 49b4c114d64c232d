import { childName, CONDITION, failure } from '@sympozium/api';
import type { Desired, Observation, ObservedView, RunView } from '@sympozium/plugin-sdk';
import { HTTP_ROUTE, httpRoute, SERVICE, type HttpRoute } from '@sympozium/plugin-sdk/manifests';
import { acceptanceOf, WAITING, type Acceptance } from './acceptance.js';
import type { GatewayConfig, GatewayParams } from './config.js';
import { holderOf } from './hostname-holder.js';
import { wishedRoute } from './wish.js';

/** The route, once there is a Service to lead to; one that stands stays when the Service is lost for a moment. */
export function planRoute(view: RunView<GatewayParams>, config: GatewayConfig): readonly Desired[] {
  const wished = wishedRoute(view, view.instance, config);
  if ('reason' in wished || !(hasService(view) || routeOf(view))) return [];
  return [{ object: httpRoute(childName(view.run.metadata.name), wished), stage: 'route', onDrift: 'apply' }];
}

/** The condition RouteAccepted, and the host name once a Gateway leads from it. The state is the base's to tell. */
export function observeRoute(view: ObservedView<GatewayParams>, config: GatewayConfig): Observation {
  const acceptance = acceptanceIn(view, config);
  const [hostname] = acceptance?.status === 'True' ? (routeOf(view)?.spec.hostnames ?? []) : [];
  return {
    state: 'pending',
    conditions: acceptance ? [{ type: CONDITION.routeAccepted, ...acceptance }] : [],
    ...(hostname !== undefined && { hostname }),
  };
}

function acceptanceIn(view: ObservedView<GatewayParams>, config: GatewayConfig): Acceptance | undefined {
  const route = routeOf(view);
  if (!view.instance) return route && verdictOn(route, view);
  const wished = wishedRoute(view, view.instance, config);
  if ('reason' in wished) return { status: 'False', ...wished };
  return route ? verdictOn(route, view) : WAITING;
}

/** A refusal is the controller's word; a conflict with another route is none to it. */
function verdictOn(route: HttpRoute, { surveyed }: ObservedView<GatewayParams>): Acceptance {
  const holder = holderOf(route, surveyed.of(HTTP_ROUTE));
  const said = acceptanceOf(route);
  if (said.status === 'False' || !holder) return said;
  const { namespace, name } = holder.metadata;
  return { status: 'False', ...failure('HostnameConflict', `HTTPRoute ${namespace}/${name} is older`) };
}

const routeOf = ({ run, children }: ObservedView<GatewayParams>): HttpRoute | undefined =>
  children.of(HTTP_ROUTE).find(({ metadata }) => metadata.name === childName(run.metadata.name));

const hasService = ({ run, related }: ObservedView<GatewayParams>): boolean =>
  related.of(SERVICE).some(({ metadata }) => metadata.name === childName(run.metadata.name));
