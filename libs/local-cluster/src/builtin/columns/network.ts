import { cellsFor, firstFew, NAME_AND_AGE, NONE } from './cell.js';
import { selectorText, type LabelSelector } from '../../label-selector.js';

interface Service {
  readonly spec: {
    readonly type?: string;
    readonly clusterIPs?: readonly string[];
    readonly externalIPs?: readonly string[];
    readonly externalName?: string;
    readonly ports?: readonly { readonly port: number; readonly nodePort?: number; readonly protocol?: string }[];
    readonly selector?: Readonly<Record<string, string>>;
  };
  readonly status: {
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] };
  };
}

export const SERVICE = cellsFor<Service>({
  ...NAME_AND_AGE,
  Type: ({ spec }) => spec.type ?? '',
  'Cluster-IP': ({ spec }) => spec.clusterIPs?.[0] ?? NONE,
  'External-IP': externalAddress,
  'Port(s)': ({ spec }) => (spec.ports ?? []).map(portText).join(',') || NONE,
  Selector: ({ spec }) => selectorText({ matchLabels: spec.selector ?? {} }) || NONE,
});

function externalAddress(service: Service): string {
  const { type = '', externalIPs = [], externalName = '' } = service.spec;
  switch (type) {
    case 'ClusterIP':
    case 'NodePort':
      return externalIPs.join(',') || NONE;
    case 'LoadBalancer':
      return [...loadBalancerAddresses(service), ...externalIPs].join(',') || '<pending>';
    case 'ExternalName':
      return externalName;
  }
  return '<unknown>';
}

function loadBalancerAddresses({ status: { loadBalancer = {} } }: Service): string[] {
  const addresses = (loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(addresses.filter((address) => address !== ''))].sort();
}

const portText = ({ port, nodePort = 0, protocol = '' }: NonNullable<Service['spec']['ports']>[number]): string =>
  nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;

interface Endpoints {
  readonly subsets?: readonly {
    readonly addresses?: readonly { readonly ip: string }[];
    readonly ports?: readonly { readonly port: number }[];
  }[];
}

export const ENDPOINTS = cellsFor<Endpoints>({
  ...NAME_AND_AGE,
  Endpoints: ({ subsets = [] }) => (subsets.length === 0 ? NONE : firstFew(subsets.flatMap(endpointsOf), '')),
});

/** Every port with every address; addresses alone where there are no ports. */
function endpointsOf({ addresses = [], ports = [] }: NonNullable<Endpoints['subsets']>[number]): string[] {
  const ips = addresses.map(({ ip }) => ip);
  return ports.length === 0 ? ips : ports.flatMap(({ port }) => ips.map((ip) => `${bracketed(ip)}:${port}`));
}

const bracketed = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);

interface EndpointSlice {
  readonly addressType: string;
  readonly ports?: readonly { readonly port?: number; readonly name?: string }[];
  readonly endpoints?: readonly { readonly addresses?: readonly string[] }[];
}

const UNSET = '<unset>';

export const ENDPOINT_SLICE = cellsFor<EndpointSlice>({
  ...NAME_AND_AGE,
  AddressType: ({ addressType }) => addressType,
  Ports: ({ ports }) =>
    firstFew(
      (ports ?? []).map(({ port, name }) => String(port ?? name ?? '*')),
      UNSET,
    ),
  Endpoints: ({ endpoints }) =>
    firstFew(
      (endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
      UNSET,
    ),
});

interface NetworkPolicy {
  readonly spec: { readonly podSelector?: LabelSelector };
}

export const NETWORK_POLICY = cellsFor<NetworkPolicy>({
  ...NAME_AND_AGE,
  'Pod-Selector': ({ spec }) => selectorText(spec.podSelector) || NONE,
});
