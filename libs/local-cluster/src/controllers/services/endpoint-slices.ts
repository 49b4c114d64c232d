import type { Kind, KubeObject } from '@sympozium/api';
import { isDeleted, hasEnded, isReady, type Pod } from '../shared/pod.js';
import type { Service } from '../shared/kinds.js';

interface EndpointPort {
  name: string;
  port?: number;
  protocol: string;
  appProtocol?: string;
}

interface Endpoint {
  addresses: string[];
  conditions: { ready: boolean; serving: boolean; terminating: boolean };
  hostname?: string;
  nodeName?: string;
  targetRef: { kind: string; namespace: string; name: string; uid: string };
}

export interface EndpointSlice extends KubeObject {
  addressType: string;
  endpoints?: Endpoint[] | null;
  ports?: EndpointPort[] | null;
}

export const ENDPOINT_SLICE: Kind<EndpointSlice> = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
};

/** What one slice holds. */
export interface SliceContent {
  readonly ports: EndpointPort[];
  readonly endpoints: Endpoint[];
}

const PER_SLICE = 100;

export const isHeadless = ({ spec }: Service): boolean =>
  spec.clusterIP === undefined || ['', 'None'].includes(spec.clusterIP);

/** The Service's endpoints: a slice for each set of ports that Pods have, at least one, none above a hundred endpoints. */
export function sliceContents(service: Service, pods: readonly Pod[]): SliceContent[] {
  const byPorts = new Map<string, SliceContent>();
  for (const pod of pods.filter((one) => !hasEnded(one) && addressOf(one) !== undefined)) {
    const ports = portsOf(service, pod);
    const key = JSON.stringify(ports);
    const content = byPorts.get(key) ?? { ports, endpoints: [] };
    content.endpoints.push(endpointOf(service, pod));
    byPorts.set(key, content);
  }
  if (byPorts.size === 0) return [{ ports: [], endpoints: [] }];
  return [...byPorts.values()].flatMap(({ ports, endpoints }) =>
    Array.from({ length: Math.ceil(endpoints.length / PER_SLICE) }, (_, index) => ({
      ports,
      endpoints: endpoints.slice(index * PER_SLICE, (index + 1) * PER_SLICE),
    })),
  );
}

const addressOf = ({ status }: Pod): string | undefined => status?.podIP || undefined;

function endpointOf({ metadata, spec }: Service, pod: Pod): Endpoint {
  const { namespace = '', name, uid = '' } = pod.metadata;
  const serving = isReady(pod);
  const terminating = isDeleted(pod);
  const ready = spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { hostname, subdomain, nodeName } = pod.spec;
  return {
    addresses: [addressOf(pod) ?? ''],
    conditions: { ready, serving, terminating },
    ...(hostname && subdomain === metadata.name ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}

function portsOf({ spec }: Service, pod: Pod): EndpointPort[] {
  return (spec.ports ?? []).flatMap(({ name = '', port, protocol = 'TCP', targetPort = port, appProtocol }) => {
    const number = typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol);
    return number === undefined ? [] : [{ name, port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }];
  });
}

const namedPort = ({ spec }: Pod, name: string, protocol: string): number | undefined =>
  [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')]
    .flatMap(({ ports = [] }) => ports)
    .find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;
