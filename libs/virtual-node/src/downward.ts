import type { V1ResourceFieldSelector } from '@kubernetes/client-node';
import type { Pod } from './pod.js';
import { inDivisors } from './quantity.js';

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

/** Value of a downward API field, https://kubernetes.io/docs/concepts/workloads/pods/downward-api/. */
export function fieldValue(path: string, pod: Pod, place: PodPlace): string {
  const subscript = SUBSCRIPT.exec(path);
  if (subscript) return pod.metadata[subscript[1] as 'labels' | 'annotations']?.[subscript[2] ?? ''] ?? '';
  const read = FIELDS[path];
  if (!read) throw new Error(`fieldRef ${path} is not a field of the downward API`);
  return read(pod, place);
}

const FIELDS: Readonly<Record<string, (pod: Pod, place: PodPlace) => string>> = {
  'metadata.name': (pod) => pod.metadata.name,
  'metadata.namespace': (pod) => pod.metadata.namespace ?? '',
  'metadata.uid': (pod) => pod.metadata.uid ?? '',
  'metadata.labels': (pod) => formatMap(pod.metadata.labels),
  'metadata.annotations': (pod) => formatMap(pod.metadata.annotations),
  'spec.nodeName': (_, place) => place.nodeName,
  'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
  'status.hostIP': (_, place) => place.hostIP,
  'status.hostIPs': (_, place) => place.hostIP,
  'status.podIP': (_, place) => place.processIP,
  'status.podIPs': (_, place) => place.processIP,
};

/** Value of a `resourceFieldRef`; without a limit of its own a container may have what the node has. */
export function resourceValue(ref: V1ResourceFieldSelector, pod: Pod, container: string, place: PodPlace): string {
  const [list = '', resource = ''] = splitOnce(ref.resource);
  const name = ref.containerName ?? container;
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const resources = all.find((candidate) => candidate.name === name)?.resources;
  const own = list === 'requests' ? (resources?.requests?.[resource] ?? '0') : resources?.limits?.[resource];
  return inDivisors(own ?? place.allocatable[resource] ?? '0', ref.divisor as string | undefined);
}

const splitOnce = (text: string): [string, string] => {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
};

/** All labels or annotations as the kubelet writes them: `key="value"` lines, sorted, values quoted as Go's %q. */
function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${goQuote(map[key] ?? '')}`)
    .join('\n');
}

const GO_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function goQuote(text: string): string {
  const quoted = text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (GO_ESCAPES[character]) return GO_ESCAPES[character];
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${quoted}"`;
}
