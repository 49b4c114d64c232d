import type { Labels, Rendered } from './rendered.js';

/** A Pod as NetworkPolicies see it. */
export interface Endpoint {
  readonly namespace: string;
  readonly labels: Labels;
  readonly ip?: string;
  /** Named ports. */
  readonly ports?: Readonly<Record<string, number>>;
}

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}
interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly Requirement[];
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number | string; readonly protocol: string }[];
}
interface Policy {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** What NetworkPolicies let through, as https://kubernetes.io/docs/concepts/services-networking/network-policies/ says. */
export class Network {
  readonly #policies: readonly { namespace: string; spec: Policy }[];

  constructor(objects: readonly Rendered[]) {
    this.#policies = objects
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map(({ metadata, spec }) => ({ namespace: metadata.namespace ?? '', spec: spec as unknown as Policy }));
  }

  /** Whether a TCP connection to a port comes about: the one side may call, and the other be called. */
  connects(from: Endpoint, to: Endpoint, port: number): boolean {
    return this.leaves(from, to, port) && this.enters(from, to, port);
  }

  leaves(from: Endpoint, to: Endpoint, port: number): boolean {
    const policies = this.#of(from, 'Egress');
    const rules = policies.flatMap(({ spec }) => spec.egress ?? []);
    return (
      policies.length === 0 || rules.some((rule) => allows(rule, { peers: rule.to, own: from, other: to }, port, to))
    );
  }

  enters(from: Endpoint, to: Endpoint, port: number): boolean {
    const policies = this.#of(to, 'Ingress');
    const rules = policies.flatMap(({ spec }) => spec.ingress ?? []);
    return (
      policies.length === 0 || rules.some((rule) => allows(rule, { peers: rule.from, own: to, other: from }, port, to))
    );
  }

  #of({ namespace, labels }: Endpoint, type: string): readonly { spec: Policy }[] {
    return this.#policies.filter(
      (policy) =>
        policy.namespace === namespace &&
        policy.spec.policyTypes.includes(type) &&
        selects(policy.spec.podSelector, labels),
    );
  }
}

interface Sides {
  readonly peers: readonly Peer[] | undefined;
  readonly own: Endpoint;
  readonly other: Endpoint;
}

function allows({ ports }: Rule, { peers, own, other }: Sides, port: number, called: Endpoint): boolean {
  const number = (name: number | string): number | undefined =>
    typeof name === 'number' ? name : called.ports?.[name];
  const isOpen = !ports || ports.some((one) => one.protocol === 'TCP' && number(one.port) === port);
  return isOpen && (!peers || peers.some((peer) => isPeer(peer, own, other)));
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, own: Endpoint, other: Endpoint): boolean {
  if (ipBlock)
    return (
      other.ip !== undefined &&
      isIn(other.ip, ipBlock.cidr) &&
      !ipBlock.except?.some((cidr) => isIn(other.ip ?? '', cidr))
    );
  const isNear = namespaceSelector
    ? selects(namespaceSelector, { 'kubernetes.io/metadata.name': other.namespace })
    : own.namespace === other.namespace;
  return other.namespace !== '' && isNear && (!podSelector || selects(podSelector, other.labels));
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  const meets = ({ key, operator, values = [] }: Requirement): boolean => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    return values.includes(value ?? '') === (operator === 'In');
  };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(meets);
}

const bits = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Of IPv4 alone. */
function isIn(ip: string, cidr: string): boolean {
  const [net = '', length = ''] = cidr.split('/');
  if (net.includes(':')) return false;
  const size = 2 ** (32 - Number(length));
  return Math.floor(bits(ip) / size) === Math.floor(bits(net) / size);
}
