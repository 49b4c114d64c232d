import { definitionOf } from '../../builtin/definitions.js';
import type { Resource } from '../../resources/resource.js';
import { partsOf, type Version } from '../discovery.js';
import type { VersionInfo } from '../documents.js';
import { Components } from './components.js';
import { pathsOf } from './paths.js';

const LIST_META = {
  type: 'object',
  properties: {
    continue: { type: 'string' },
    remainingItemCount: { type: 'integer', format: 'int64' },
    resourceVersion: { type: 'string' },
    selfLink: { type: 'string' },
  },
};
const SCALE = {
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: { type: 'object', properties: { replicas: { type: 'integer', format: 'int32' } } },
    status: {
      type: 'object',
      required: ['replicas'],
      properties: { replicas: { type: 'integer', format: 'int32' }, selector: { type: 'string' } },
    },
  },
  'x-kubernetes-group-version-kind': [{ group: 'autoscaling', kind: 'Scale', version: 'v1' }],
};

/**
 * The OpenAPI v3 document of one group and version: what kubectl needs to explain kinds, to merge them, and to know
 * that the server validates fields.
 */
export function openApiDocument(group: string, { version, resources }: Version, { major, minor }: VersionInfo): object {
  const prefix = `${packageOf(group, resources)}.${version}`;
  const components = new Components(prefix);
  const listMeta = components.add('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta', LIST_META);
  const scale = components.add('io.k8s.api.autoscaling.v1.Scale', SCALE);
  for (const name of ['Patch', 'DeleteOptions'])
    components.add(`io.k8s.apimachinery.pkg.apis.meta.v1.${name}`, { type: 'object' });
  const paths = resources.map((resource) => {
    const object = addKind(components, prefix, resource);
    const list = addList(components, prefix, resource, { object, listMeta });
    return pathsOf(resource, partsOf(resource), { object, list, scale });
  });
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: `${major}.${minor}` },
    paths: Object.assign({}, ...paths) as object,
    components: { schemas: components },
  };
}

/** `io.k8s.api.batch`; of CRDs, the group's labels the other way round. */
function packageOf(group: string, resources: readonly Resource[]): string {
  if (resources.some(({ custom }) => custom)) return group.split('.').reverse().join('.');
  return `io.k8s.api.${group.split('.', 1)[0] || 'core'}`;
}

const addKind = (components: Components, prefix: string, { schema, kind, group, version }: Resource): object =>
  components.addKind(definitionOf(schema)?.name ?? `${prefix}.${kind}`, schema, {
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
  });

function addList(
  components: Components,
  prefix: string,
  { kind, group, version }: Resource,
  { object, listMeta }: { object: object; listMeta: object },
): object {
  return components.add(`${prefix}.${kind}List`, {
    description: `${kind}List is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      items: { type: 'array', items: object },
      kind: { type: 'string' },
      metadata: listMeta,
    },
    'x-kubernetes-group-version-kind': [{ group, kind: `${kind}List`, version }],
  });
}
