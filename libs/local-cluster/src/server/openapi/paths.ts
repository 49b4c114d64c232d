import type { Resource, Verb } from '../../resources/resource.js';
import type { Part } from '../discovery.js';

/** References to what a resource's answers are. */
export interface Bodies {
  readonly object: object;
  readonly list: object;
  readonly scale: object;
}

type Parameter = readonly [name: string, type: 'string' | 'integer' | 'boolean'];

const META = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1';
const PATCH = { schema: { $ref: `${META}.Patch` } };
const DELETE_OPTIONS = { $ref: `${META}.DeleteOptions` };
const WRITE: readonly Parameter[] = [
  ['dryRun', 'string'],
  ['fieldManager', 'string'],
  ['fieldValidation', 'string'],
];
const DELETE: readonly Parameter[] = [
  ['dryRun', 'string'],
  ['gracePeriodSeconds', 'integer'],
  ['orphanDependents', 'boolean'],
  ['propagationPolicy', 'string'],
];
const LIST: readonly Parameter[] = [
  ['allowWatchBookmarks', 'boolean'],
  ['continue', 'string'],
  ['fieldSelector', 'string'],
  ['labelSelector', 'string'],
  ['limit', 'integer'],
  ['resourceVersion', 'string'],
  ['resourceVersionMatch', 'string'],
  ['sendInitialEvents', 'boolean'],
  ['timeoutSeconds', 'integer'],
  ['watch', 'boolean'],
];

const METHODS: Readonly<Partial<Record<Verb, { method: string; action: string; parameters: readonly Parameter[] }>>> = {
  get: { method: 'get', action: 'get', parameters: [] },
  list: { method: 'get', action: 'list', parameters: LIST },
  create: { method: 'post', action: 'post', parameters: WRITE },
  update: { method: 'put', action: 'put', parameters: WRITE },
  patch: { method: 'patch', action: 'patch', parameters: [...WRITE, ['force', 'boolean']] },
  delete: { method: 'delete', action: 'delete', parameters: DELETE },
  deletecollection: { method: 'delete', action: 'deletecollection', parameters: [...LIST.slice(1), ...DELETE] },
};
const COLLECTION: readonly Verb[] = ['list', 'create', 'deletecollection'];
const ITEM: readonly Verb[] = ['get', 'update', 'patch', 'delete'];

/** The paths of a resource and its parts. */
export function pathsOf(resource: Resource, parts: readonly Part[], bodies: Bodies): Record<string, object> {
  const { group, version, plural, namespaced, kind, verbs } = resource;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const all = `${root}/${plural}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : all;
  const own = { group, kind, version };
  const operate = (verb: Verb, target: object, body: object): object => operation(resource, verb, target, body);
  const of = (wanted: readonly Verb[], allowed: readonly Verb[], target: object, body: object): object =>
    Object.assign(
      {},
      ...wanted
        .filter((verb) => allowed.includes(verb))
        .map((verb) => operate(verb, target, verb === 'list' ? bodies.list : body)),
    );
  const paths: Record<string, object> = {
    ...(namespaced && verbs.includes('list') && { [all]: of(['list'], verbs, own, bodies.object) }),
    [collection]: of(COLLECTION, verbs, own, bodies.object),
    ...(ITEM.some((verb) => verbs.includes(verb)) && {
      [`${collection}/{name}`]: of(ITEM, verbs, own, bodies.object),
    }),
  };
  for (const part of parts) {
    const target = { group: part.group, kind: part.kind, version: part.version };
    const body = part.name === 'scale' ? bodies.scale : bodies.object;
    paths[`${collection}/{name}/${part.name}`] = of(['get', 'create', 'update', 'patch'], part.verbs, target, body);
  }
  return paths;
}

function operation(resource: Resource, verb: Verb, target: object, body: object): object {
  const found = METHODS[verb];
  if (!found) return {};
  const content = bothEncodings(body);
  const sent = sentContent(resource, verb, body);
  return {
    [found.method]: {
      tags: [tag(resource)],
      ...(found.parameters.length > 0 && { parameters: found.parameters.map(parameter) }),
      ...(sent && { requestBody: { content: sent, ...(!isDeletion(verb) && { required: true }) } }),
      responses: { '200': { description: 'OK', content } },
      'x-kubernetes-action': found.action,
      'x-kubernetes-group-version-kind': target,
    },
  };
}

const bothEncodings = (schema: object): object => ({ 'application/json': { schema }, 'application/yaml': { schema } });

const isDeletion = (verb: Verb): boolean => verb === 'delete' || verb === 'deletecollection';

/** What a verb takes; nothing is told of the body that deletes a collection of custom resources. */
function sentContent(resource: Resource, verb: Verb, body: object): object | undefined {
  if (verb === 'patch') return patchContent(resource);
  if (verb === 'get' || verb === 'list' || (verb === 'deletecollection' && resource.custom)) return undefined;
  const schema = isDeletion(verb) ? DELETE_OPTIONS : body;
  return resource.custom ? bothEncodings(schema) : { '*/*': { schema } };
}

/** By its types a client knows whether a kind can be merged strategically. */
const patchContent = ({ custom }: Resource): object => ({
  'application/apply-patch+yaml': PATCH,
  'application/json-patch+json': PATCH,
  'application/merge-patch+json': PATCH,
  ...(!custom && { 'application/strategic-merge-patch+json': PATCH }),
});

const parameter = ([name, type]: Parameter): object => ({ name, in: 'query', schema: { type, uniqueItems: true } });

const tag = ({ group, version }: Resource): string => {
  const [first = ''] = (group || 'core').split('.', 1);
  return `${first}_${version}`;
};
