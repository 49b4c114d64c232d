import type { V1ResourceFieldSelector } from '@kubernetes/client-node';
import { allContainers, namespaceOf, uidOf, type Pod } from './pod.js';
import { inDivisors } from './quantity.js';
import { StartObstacle } from './start-obstacle.js';

/** What a Pod cannot say of itself. */
export interface PodPlace {
  readonly nodeName: string;
  readonly hostIP: string;
  /** The address that the process binds, not the one in the Pod's status. */
  readonly processIP: string;
  /** What the node has of each resource, where a container sets no limit. */
  readonly allocatable: Readonly<Record<string, string>>;
}

const SUBSCRIPT = /^metadata\.(labels|annotations)\['(.+)'\]$/;

/**
 * Value of a downward API field, https://kubernetes.io/docs/concepts/workloads/pods/downward-api/; of labels and
 * annotations one at a time, not the whole map.
 */
export function fieldValue(path: string, pod: Pod, place: PodPlace): string {
  const [, map, key = ''] = SUBSCRIPT.exec(path) ?? [];
  if (map !== undefined) return pod.metadata[map as 'labels' | 'annotations']?.[key] ?? '';
  const read = FIELDS.get(path);
  if (!read) throw new StartObstacle(`fieldRef ${path} is not a field of the downward API`);
  return read(pod, place);
}

const FIELDS = new Map<string, (pod: Pod, place: PodPlace) => string>(
  Object.entries({
    'metadata.name': (pod: Pod) => pod.metadata.name,
    'metadata.namespace': namespaceOf,
    'metadata.uid': uidOf,
    'spec.nodeName': (_: Pod, place: PodPlace) => place.nodeName,
    'spec.serviceAccountName': (pod: Pod) => pod.spec.serviceAccountName ?? '',
    'status.hostIP': (_: Pod, place: PodPlace) => place.hostIP,
    'status.hostIPs': (_: Pod, place: PodPlace) => place.hostIP,
    'status.podIP': (_: Pod, place: PodPlace) => place.processIP,
    'status.podIPs': (_: Pod, place: PodPlace) => place.processIP,
  }),
);

/** Value of a `resourceFieldRef`; without a limit of its own a container may have what the node has. */
export function resourceValue(ref: V1ResourceFieldSelector, pod: Pod, container: string, place: PodPlace): string {
  const [list, resource] = splitOnce(ref.resource);
  const name = ref.containerName ?? container;
  const { requests, limits } = allContainers(pod).find((candidate) => candidate.name === name)?.resources ?? {};
  const asked = list === 'requests' ? { [resource]: '0', ...requests } : { ...place.allocatable, ...limits };
  return inDivisors(asked[resource] ?? '0', ref.divisor as string | undefined);
}

const splitOnce = (text: string): [string, string] => {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
};
