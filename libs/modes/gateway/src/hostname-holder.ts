import type { KubeObject } from '@sympozium/api';
import type { HttpRoute, ParentReference } from '@sympozium/plugin-sdk/manifests';

/** An HTTPRoute as anybody may have written it: nothing of its spec is sure to be there. */
interface AnyRoute extends KubeObject {
  readonly spec?: {
    readonly parentRefs?: readonly ParentReference[];
    readonly hostnames?: readonly string[];
    readonly rules?: readonly { readonly backendRefs?: unknown; readonly matches?: readonly RouteMatch[] }[];
  };
}

interface RouteMatch {
  readonly path?: { readonly type?: string; readonly value?: string };
  readonly method?: string;
  readonly headers?: readonly unknown[];
  readonly queryParams?: readonly unknown[];
}

/**
 * The route that gets our requests in our place: it has the host name on the same Gateway, takes every path, and is
 * older. So the Gateway API decides between equals, and no controller has to say a word about it:
 * https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
export const holderOf = (route: HttpRoute, all: readonly AnyRoute[]): AnyRoute | undefined =>
  all.find(
    (other) =>
      other.metadata.uid !== route.metadata.uid &&
      hostnamesOf(other).some((name) => route.spec.hostnames.includes(name)) &&
      sharesListener(other, route) &&
      takesEverything(other) &&
      goesBefore(other, route),
  );

/** The host names of a route, whoever wrote it. */
export const hostnamesOf = (route: AnyRoute): readonly string[] => route.spec?.hostnames ?? [];

const sharesListener = (other: AnyRoute, route: HttpRoute): boolean =>
  (other.spec?.parentRefs ?? []).some((theirs) =>
    route.spec.parentRefs.some(
      (ours) =>
        gatewayOf(theirs, other) === gatewayOf(ours, route) &&
        (theirs.sectionName === undefined || ours.sectionName === undefined || theirs.sectionName === ours.sectionName),
    ),
  );

const gatewayOf = ({ kind = 'Gateway', namespace, name }: ParentReference, { metadata }: KubeObject): string =>
  [kind, namespace ?? metadata.namespace, name].join('/');

/** A rule without matches takes every request. One for a path of its own lives beside ours. */
const takesEverything = ({ spec: { rules = [{}] } = {} }: AnyRoute): boolean =>
  rules.some(({ matches = [] }) => matches.length === 0 || matches.some(isAny));

const isAny = ({ path = {}, method, headers = [], queryParams = [] }: RouteMatch): boolean =>
  (path.value ?? '/') === '/' &&
  path.type !== 'Exact' &&
  method === undefined &&
  headers.length === 0 &&
  queryParams.length === 0;

const goesBefore = (other: KubeObject, route: KubeObject): boolean => rank(other) < rank(route);

const rank = ({ metadata }: KubeObject): string =>
  [metadata.creationTimestamp ?? '', metadata.namespace ?? '', metadata.name].join('/');
