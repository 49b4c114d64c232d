import type { Resource, ResourceRegistry, Verb } from '../../resources/resource.js';

const ALL: readonly Verb[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** A resource with nothing special but what is given. */
export const testResource = (
  given: Partial<Resource> & Pick<Resource, 'group' | 'version' | 'kind' | 'plural'>,
): Resource => ({
  singular: given.kind.toLowerCase(),
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: ALL,
  subresources: {},
  schema: { type: 'object' },
  strategy: {},
  columns: [{ name: 'Name', type: 'string', format: 'name', value: ({ metadata }) => metadata.name }],
  custom: false,
  ...given,
});

export const CONFIG_MAPS = testResource({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
});

export const NAMESPACES = testResource({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
  subresources: { status: true, others: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }] },
});

export const PODS = testResource({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  strategy: { returnsDeletedObject: true },
  subresources: {
    status: true,
    others: [
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
    ],
  },
});

export const NODES = testResource({ group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false });

export const DEPLOYMENTS = testResource({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: { status: true, scale: { spec: '.spec.replicas', status: '.status.replicas' } },
});

const TOKEN_REVIEWS = testResource({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  verbs: ['create'],
});

export const WIDGETS = testResource({
  group: 'example.com',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  custom: true,
});

export const RESOURCES = [CONFIG_MAPS, NAMESPACES, PODS, NODES, DEPLOYMENTS, TOKEN_REVIEWS, WIDGETS];

/** A registry of these kinds; others come with `add`. */
export function testRegistry(resources: readonly Resource[] = RESOURCES): ResourceRegistry {
  const served = new Set(resources);
  const listeners = new Set<() => void>();
  const changed = (): void => listeners.forEach((listener) => listener());
  const first = (matches: (resource: Resource) => boolean): Resource | undefined => [...served].find(matches);
  return {
    find: (group, version, plural) => first((r) => r.group === group && r.version === version && r.plural === plural),
    findKind: (group, version, kind) => first((r) => r.group === group && r.version === version && r.kind === kind),
    all: () => [...served],
    add: (resource) => {
      served.add(resource);
      changed();
    },
    remove: (resource) => {
      served.delete(resource);
      changed();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
