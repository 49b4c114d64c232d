import type { Kind, KubeObject } from '@sympozium/api';
import { bare } from './objects.js';

/** A Gateway's listener, or all of them; absent `namespace`: the route's. */
export interface ParentReference {
  group?: string;
  kind?: string;
  namespace?: string;
  name: string;
  sectionName?: string;
  port?: number;
}

/** A condition as a Gateway's controller writes it. */
export interface RouteCondition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  observedGeneration?: number;
  lastTransitionTime?: string;
}

/** What one controller says of a route and one of its parents. */
export interface RouteParentStatus {
  parentRef: ParentReference;
  controllerName: string;
  conditions?: RouteCondition[];
}

export interface HttpRouteSpec {
  parentRefs: ParentReference[];
  hostnames: string[];
  rules: {
    backendRefs: { name: string; port: number }[];
    /** Durations as of GEP-2257; `0s` is no limit. */
    timeouts?: { request?: string; backendRequest?: string };
  }[];
}

/** An HTTPRoute as Sympozium writes it, https://gateway-api.sigs.k8s.io/reference/spec/#httproute */
export interface HttpRoute extends KubeObject {
  spec: HttpRouteSpec;
  status?: { parents?: RouteParentStatus[] };
}

export const HTTP_ROUTE: Kind<HttpRoute> = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  plural: 'httproutes',
  namespaced: true,
};

/** An HTTPRoute; the host adds namespace, labels and owner. */
export const httpRoute = (name: string, spec: HttpRouteSpec): HttpRoute => ({ ...bare(HTTP_ROUTE, name), spec });
