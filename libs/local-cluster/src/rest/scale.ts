import { badRequest, conflict, invalid, type ApiError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { selectorText, type LabelSelector } from '../label-selector.js';
import { clone, isObject } from '../clone.js';
import type { Resource, ScalePaths } from '../resources/resource.js';
import { invalidPatch } from './decode.js';
import { requireName } from './new-object.js';
import { patchedBy, shownOf, type Patch } from './proposals.js';

const API_VERSION = 'autoscaling/v1';

/** An object's autoscaling/v1 Scale, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/scale-v1/. */
export function scaleOf(object: ApiObject, paths: ScalePaths): ApiObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.labelSelector === undefined ? undefined : selectorOf(at(object, paths.labelSelector));
  const replicas = Number(at(object, paths.spec) ?? 0);
  return {
    apiVersion: API_VERSION,
    kind: 'Scale',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as ApiObject['metadata'],
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: Number(at(object, paths.status) ?? 0), ...(selector && { selector }) },
  };
}

/** The object as a write of its Scale wants it. */
export function scaled(resource: Resource, live: ApiObject, body: unknown, { spec }: ScalePaths): ApiObject {
  const { name, namespace } = live.metadata;
  const scale = readScale(body);
  requireName(scale, name, namespace);
  const replicas = replicasOf(scale['spec'], (why) =>
    badRequest(`Scale in version "v1" cannot be handled as a Scale: ${why}`),
  );
  if (replicas < 0)
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
      {
        type: 'FieldValueInvalid',
        field: 'spec.replicas',
        message: `Invalid value: ${replicas}: must be greater than or equal to 0`,
      },
    ]);
  const { uid, resourceVersion } = scale.metadata;
  if (uid && uid !== live.metadata.uid)
    throw conflict(
      { group: resource.group, plural: `${resource.plural}/scale` },
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ''}`,
    );
  const next = clone(live);
  if (resourceVersion) next.metadata.resourceVersion = resourceVersion;
  setAt(next, spec, replicas);
  return next;
}

/** The same for a patch of the Scale. */
export function patchedScale(resource: Resource, live: ApiObject, patch: Patch, paths: ScalePaths): ApiObject {
  const patched = patchedBy(resource, scaleOf(live, paths), patch);
  replicasOf(isObject(patched) ? patched['spec'] : undefined, (why) => invalidPatch(shownOf(patch)(patched), why));
  return scaled(resource, live, patched, paths);
}

/**
 * Entries of managers that scaled tell no time, and so stand before the other updaters'. Nobody owns that there are no
 * replicas: a Scale leaves a zero out.
 */
export function withScalers(object: ApiObject, { spec }: ScalePaths): ApiObject {
  const { managedFields = [] } = object.metadata as { managedFields?: readonly ManagedFieldsEntry[] };
  const isScaler = ({ operation, subresource }: ManagedFieldsEntry): boolean =>
    operation === 'Update' && subresource === 'scale';
  const others = managedFields.filter((entry) => !isScaler(entry));
  const entries = [
    ...others.filter(({ operation }) => operation === 'Apply'),
    ...(at(object, spec) === 0 ? [] : managedFields.filter(isScaler).map(withoutTime)),
    ...others.filter(({ operation }) => operation !== 'Apply'),
  ];
  return { ...object, metadata: { ...object.metadata, managedFields: entries } };
}

interface ManagedFieldsEntry {
  readonly operation?: string;
  readonly subresource?: string;
  time?: string;
}

function withoutTime(entry: ManagedFieldsEntry): ManagedFieldsEntry {
  const rest = { ...entry };
  delete rest.time;
  return rest;
}

function readScale(body: unknown): ApiObject {
  const {
    apiVersion = API_VERSION,
    kind = 'Scale',
    metadata,
    spec,
  } = (isObject(body) ? body : {}) as Partial<ApiObject>;
  if (apiVersion !== API_VERSION || kind !== 'Scale')
    throw badRequest(
      `${kind} in version ${JSON.stringify(apiVersion.split('/').at(-1))} cannot be handled as a Scale: ` +
        `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  return { apiVersion, kind, metadata: { ...(metadata as ApiObject['metadata']) }, spec };
}

function replicasOf(spec: unknown, refuse: (why: string) => ApiError): number {
  const { replicas = 0 } = isObject(spec) ? spec : {};
  if (typeof replicas === 'number' && Number.isInteger(replicas)) return replicas;
  const given = typeof replicas === 'number' ? `number ${replicas}` : typeof replicas;
  throw refuse(`json: cannot unmarshal ${given} into Go struct field ScaleSpec.spec.replicas of type int32`);
}

function setAt(object: ApiObject, path: string, value: unknown): void {
  const names = split(path);
  const last = names.pop() ?? '';
  let parent: Record<string, unknown> = object;
  for (const name of names) parent = (isObject(parent[name]) ? parent[name] : (parent[name] = {})) as typeof parent;
  parent[last] = value;
}

const split = (path: string): string[] => path.split('.').filter((name) => name !== '');

const at = (object: ApiObject, path: string): unknown =>
  split(path).reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), object);

/** A built-in kind has a LabelSelector, a custom resource its text. */
const selectorOf = (selector: unknown): string =>
  typeof selector === 'string' ? selector : selectorText(selector as LabelSelector | undefined);
