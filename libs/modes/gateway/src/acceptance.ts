import { failure, REASON, type Condition, type ErrorCode } from '@sympozium/api';
import type { HttpRoute, ParentReference, RouteCondition, RouteParentStatus } from '@sympozium/plugin-sdk/manifests';

/** What the condition RouteAccepted says. */
export type Acceptance = Pick<Condition, 'status' | 'reason' | 'message'>;

/** No controller has spoken of the route as it is now. */
export const WAITING: Acceptance = { status: 'Unknown', reason: REASON.waiting, message: '' };

/** What a controller's reason for refusing a route means, https://gateway-api.sigs.k8s.io/reference/spec/ */
const REFUSALS: ReadonlyMap<string, ErrorCode> = new Map([
  ['NoMatchingListenerHostname', 'ListenerMissing'],
  ['NoMatchingParent', 'ListenerMissing'],
  ['HostnameConflict', 'HostnameConflict'],
]);

/** Both must hold: the parent takes the route, and what the route leads to exists. */
const NEEDED = ['Accepted', 'ResolvedRefs'] as const;

/** What the controllers of the route's own parents say: a refusal first, then what is still to be said. */
export function acceptanceOf(route: HttpRoute): Acceptance {
  const verdicts = route.spec.parentRefs.flatMap((parent) => verdictsOn(route, parent));
  const isOpen = ({ status }: Acceptance) => status === 'Unknown';
  const isRefusal = ({ status }: Acceptance) => status === 'False';
  const accepted: Acceptance = {
    status: 'True',
    reason: REASON.accepted,
    message: `The Gateway leads to it by ${route.spec.hostnames.join(', ')}.`,
  };
  return verdicts.find(isRefusal) ?? verdicts.find(isOpen) ?? accepted;
}

/** Every controller that speaks of this parent counts; one must. */
function verdictsOn(route: HttpRoute, parent: ParentReference): readonly Acceptance[] {
  const spoken = (route.status?.parents ?? []).filter(({ parentRef }) => isSame(parentRef, parent, route));
  return spoken.length === 0
    ? [WAITING]
    : spoken.flatMap((status) => NEEDED.map((type) => verdict(route, status, type)));
}

/** A parent's status names it as the route does, after defaults. */
function isSame(a: ParentReference, b: ParentReference, { metadata }: HttpRoute): boolean {
  const key = ({ group = 'gateway.networking.k8s.io', kind = 'Gateway', ...ref }: ParentReference): string =>
    JSON.stringify([group, kind, ref.namespace ?? metadata.namespace, ref.name, ref.sectionName, ref.port]);
  return key(a) === key(b);
}

function verdict(route: HttpRoute, { conditions = [] }: RouteParentStatus, wanted: string): Acceptance {
  const condition = conditions.find(({ type }) => type === wanted);
  if (!condition || !isCurrent(condition, route) || condition.reason === 'Pending') return WAITING;
  const { status, reason, message } = condition;
  if (status === 'Unknown') return WAITING;
  if (status === 'True') return { status, reason: REASON.accepted, message: '' };
  return { status, ...failure(REFUSALS.get(reason) ?? 'RouteRefused', `${reason}: ${message}`) };
}

/** Whether it speaks of the route's present spec; a controller that does not say means it. */
const isCurrent = ({ observedGeneration }: RouteCondition, { metadata }: HttpRoute): boolean =>
  observedGeneration === undefined || observedGeneration >= (metadata.generation ?? 0);
