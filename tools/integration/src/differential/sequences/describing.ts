import { get } from '../calls.js';
import { KINDS } from '../kinds.js';
import type { Sequence } from '../sequence.js';

const GROUP_VERSIONS = [
  '/api/v1',
  '/apis/apps/v1',
  '/apis/batch/v1',
  '/apis/coordination.k8s.io/v1',
  '/apis/discovery.k8s.io/v1',
  '/apis/networking.k8s.io/v1',
  '/apis/policy/v1',
  '/apis/rbac.authorization.k8s.io/v1',
  '/apis/apiextensions.k8s.io/v1',
  '/apis/authentication.k8s.io/v1',
  '/apis/authorization.k8s.io/v1',
  '/apis/sympozium.ai/v1alpha1',
];
/** Discovery in one document. */
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Whose resources are compared: kinds that the embedded API serves, and of their parts those that need no container. */
const SERVED = new Set([
  ...KINDS.map(({ path }) => path.split('/').at(-1) ?? ''),
  'customresourcedefinitions',
  'selfsubjectreviews',
  'tokenreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'subjectaccessreviews',
]);
const PARTS = new Set(['status', 'scale', 'log', 'binding', 'eviction', 'token', 'finalize']);

interface ApiResource {
  readonly name: string;
  readonly storageVersionHash?: string;
}

/** A hash of where etcd keeps a kind means nothing without etcd. */
function servedResources(body: unknown): unknown {
  const { resources, ...list } = body as { resources: ApiResource[] };
  const isServed = ({ name }: ApiResource): boolean => {
    const [plural = '', part] = name.split('/');
    return SERVED.has(plural) && (part === undefined || PARTS.has(part));
  };
  const served = resources.filter(isServed).map((resource) => ({ ...resource, storageVersionHash: '' }));
  return { ...list, resources: served.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

interface Discovered {
  readonly metadata?: { readonly name?: string };
  readonly versions: readonly { readonly version: string; readonly resources: readonly DiscoveredResource[] }[];
}

interface DiscoveredResource {
  readonly resource: string;
  readonly subresources?: readonly { readonly subresource: string }[];
}

function discovered(body: unknown): unknown {
  const { items, ...list } = body as { items: Discovered[] };
  const known = items.filter(({ metadata }) => metadata?.name !== 'events.k8s.io');
  const served = known.flatMap(({ metadata, versions }) =>
    versions.flatMap(({ version, resources }) =>
      resources
        .filter(({ resource }) => SERVED.has(resource))
        .map(({ subresources = [], ...resource }) => ({
          group: metadata?.name,
          version,
          ...resource,
          subresources: subresources.filter(({ subresource }) => PARTS.has(subresource)),
        })),
    ),
  );
  return { ...list, served: served.sort((a, b) => (a.resource < b.resource ? -1 : 1)) };
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | unknown[]>>>>;
}

interface Operation {
  readonly operationId?: string;
  readonly 'x-kubernetes-action'?: string;
  readonly 'x-kubernetes-group-version-kind'?: unknown;
  readonly requestBody?: { readonly content: object };
}

const isServedPath = (path: string): boolean => {
  const [plural = '', , part] = path
    .replace(/^\/apis?\/([^/]+\/)?v[^/]+\/(namespaces\/\{namespace\}\/)?/, '')
    .split('/');
  return !path.includes('/watch/') && SERVED.has(plural) && (part === undefined || PARTS.has(part));
};

/** Which paths there are, what may be done there, with which kind and which bodies: what kubectl looks for. */
const operations = (body: unknown): unknown =>
  Object.fromEntries(
    Object.entries((body as OpenApi).paths)
      .filter(([path]) => isServedPath(path))
      .map(([path, methods]) => [
        path,
        Object.entries(methods)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .flatMap(([method, operation]) => {
            if (Array.isArray(operation) || method === 'parameters') return [];
            const { requestBody, ...known } = operation as Operation;
            const kind = known['x-kubernetes-group-version-kind'];
            return [
              {
                method,
                action: known['x-kubernetes-action'],
                kind,
                bodies: Object.keys(requestBody?.content ?? {}).sort(),
              },
            ];
          }),
      ]),
  );

/** What the server says of itself. */
export const describing: readonly Sequence[] = [
  {
    name: 'discovery, group by group',
    steps: [
      ...GROUP_VERSIONS.map((path) => ({ ...get(path), compared: servedResources })),
      get('/apis/apps'),
      get('/apis/sympozium.ai'),
      get('/apis/unheard.of'),
      get('/apis/apps/v7'),
    ],
  },
  {
    name: 'discovery in one document',
    steps: ['/api', '/apis'].map((path) => ({ ...get(path, AGGREGATED), compared: discovered })),
  },
  {
    name: 'OpenAPI: paths',
    steps: GROUP_VERSIONS.map((path) => ({ ...get(`/openapi/v3${path}`), compared: operations })),
  },
];
