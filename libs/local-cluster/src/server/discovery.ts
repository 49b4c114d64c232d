import { createHash } from 'node:crypto';
import type { Resource, ResourceRegistry, Verb } from '../resources/resource.js';

/** As the real server orders them; groups of CRDs come after, by name. */
const GROUP_ORDER = [
  '',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
];
const PART_VERBS: readonly Verb[] = ['get', 'patch', 'update'];

/** A group with its versions, the preferred first. */
export interface Group {
  readonly name: string;
  readonly versions: readonly Version[];
}

export interface Version {
  readonly version: string;
  /** Sorted by name. */
  readonly resources: readonly Resource[];
}

export interface Part {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly Verb[];
}

/** Everything that is served now, as discovery orders it. */
export function groupsOf(registry: ResourceRegistry): Group[] {
  const groups = new Map<string, Map<string, Resource[]>>();
  for (const resource of registry.all()) {
    const versions = groups.get(resource.group) ?? new Map<string, Resource[]>();
    groups.set(resource.group, versions);
    versions.set(resource.version, [...(versions.get(resource.version) ?? []), resource]);
  }
  return [...groups]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([name, versions]) => ({
      name,
      versions: [...versions]
        .sort(([a], [b]) => comparePriority(b, a))
        .map(([version, resources]) => ({
          version,
          resources: resources.sort((a, b) => (a.plural < b.plural ? -1 : 1)),
        })),
    }));
}

function rank(group: string): number {
  const at = GROUP_ORDER.indexOf(group);
  return at < 0 ? GROUP_ORDER.length : at;
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const STAGES = ['alpha', 'beta'];

/** v2 > v1 > v1beta2 > v1beta1 > v1alpha1 > anything else, as Kubernetes prefers versions. */
export function comparePriority(a: string, b: string): number {
  const [left, right] = [VERSION.exec(a), VERSION.exec(b)];
  if (!left || !right) return left ? 1 : right ? -1 : a < b ? 1 : -1;
  const stage = (match: RegExpExecArray): number => (match[2] === undefined ? STAGES.length : STAGES.indexOf(match[2]));
  return (
    stage(left) - stage(right) || Number(left[1]) - Number(right[1]) || Number(left[3] ?? 0) - Number(right[3] ?? 0)
  );
}

/** The subresources of a resource, by name. */
export function partsOf({ subresources, kind, group, version }: Resource): Part[] {
  const parts: Part[] = (subresources.others ?? []).map((other) => ({
    name: other.name,
    kind: other.kind,
    group: other.group ?? group,
    version: other.version ?? version,
    verbs: other.verbs,
  }));
  if (subresources.status) parts.push({ name: 'status', kind, group, version, verbs: PART_VERBS });
  if (subresources.scale)
    parts.push({ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: PART_VERBS });
  return parts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const groupVersion = (group: string, version: string): string => (group === '' ? version : `${group}/${version}`);

/** `/api`. */
export const apiVersions = (address: string): object => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
});

/** `/apis`. */
export const apiGroupList = (groups: readonly Group[]): object => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups.filter(({ name }) => name !== '').map(groupFields),
});

/** `/apis/<group>`. */
export const apiGroup = (group: Group): object => ({ kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) });

function groupFields({ name, versions }: Group): object {
  const all = versions.map(({ version }) => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: all, preferredVersion: all[0] };
}

/** `/api/v1`, `/apis/<group>/<version>`. */
export const apiResourceList = (group: string, { version, resources }: Version): object => ({
  kind: 'APIResourceList',
  ...(group !== '' && { apiVersion: 'v1' }),
  groupVersion: groupVersion(group, version),
  resources: resources.flatMap((resource) => [
    mainEntry(resource),
    ...partsOf(resource).map((part) => partEntry(resource, part)),
  ]),
});

function mainEntry(resource: Resource): object {
  return {
    name: resource.plural,
    singularName: resource.singular,
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs: verbsOf(resource),
    ...names(resource),
    ...(resource.verbs.includes('list') && { storageVersionHash: storageVersionHash(resource) }),
  };
}

function partEntry(resource: Resource, { name, kind, group, version, verbs }: Part): object {
  const foreign = group !== resource.group || version !== resource.version;
  return {
    name: `${resource.plural}/${name}`,
    singularName: '',
    namespaced: resource.namespaced,
    ...(foreign && { group, version }),
    kind,
    verbs: [...verbs].sort(),
  };
}

/** Those of custom resources come in an order of their own. */
const verbsOf = ({ custom, verbs }: Resource): readonly string[] => (custom ? verbs : [...verbs].sort());

const names = ({ shortNames, categories }: Resource): object => ({
  ...(shortNames.length > 0 && { shortNames }),
  ...(categories.length > 0 && { categories }),
});

const storageVersionHash = ({ group, version, kind }: Resource): string =>
  createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64');

/** `/api` (the core group) or `/apis` (all others) in one document, apidiscovery.k8s.io/v2 or v2beta1. */
export const groupDiscoveryList = (groups: readonly Group[], version: 'v2' | 'v2beta1'): object => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${version}`,
  metadata: {},
  items: groups.map(({ name, versions }) => ({
    metadata: { ...(name !== '' && { name }) },
    versions: versions.map((one) => ({
      version: one.version,
      resources: one.resources.map(discovered),
      freshness: 'Current',
    })),
  })),
});

function discovered(resource: Resource): object {
  const { plural, kind, namespaced, singular, custom, group, version } = resource;
  const own = custom ? { group, version } : { group: '', version: '' };
  const parts = partsOf(resource).map((part) => {
    const foreign = part.group !== group || part.version !== version;
    return {
      subresource: part.name,
      responseKind: { ...(foreign ? { group: part.group, version: part.version } : own), kind: part.kind },
      verbs: [...part.verbs].sort(),
    };
  });
  return {
    resource: plural,
    responseKind: { ...own, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: verbsOf(resource),
    ...names(resource),
    ...(parts.length > 0 && { subresources: parts }),
  };
}
