import { ApiError, conflict, invalid, STALE } from '../api-error.js';
import type { ApiObject, ObjectName } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import { isObject } from '../clone.js';
import { sameJson } from '../schema/json.js';

/** Where etcd keeps those built-in kinds that are not kept by their plural. */
const REGISTRY_PATHS: Readonly<Record<string, string>> = {
  nodes: 'minions',
  services: 'services/specs',
  endpoints: 'services/endpoints',
};

/** Refuses to replace another object of the same name than the body is of. */
export function checkUid(resource: Resource, name: ObjectName, live: ApiObject | undefined, uid: string): void {
  const { uid: own = '' } = live?.metadata ?? {};
  if (uid === '' || uid === own) return;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${own}`;
  const key = registryKey(resource, name);
  throw conflict(
    resource,
    name.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

function registryKey({ group, plural }: Resource, { namespace, name }: ObjectName): string {
  const isBuiltin = !group.includes('.') || (group.endsWith('.k8s.io') && group !== 'apiextensions.k8s.io');
  const path = isBuiltin ? (REGISTRY_PATHS[plural] ?? plural) : `${group}/${plural}`;
  return ['/registry', path, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** Refuses an update of a version that is not the newest. An update without one is of any, where the kind allows it. */
export function checkVersion(resource: Resource, live: ApiObject, proposed: ApiObject): void {
  const { name, resourceVersion } = proposed.metadata;
  if (!resourceVersion || resourceVersion === '0') {
    if (resource.strategy.allowUnconditionalUpdate) return;
    throw invalid({ group: resource.group, kind: resource.plural }, name, [
      {
        type: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
  }
  if (!/^\d+$/.test(resourceVersion))
    throw new ApiError(500, '', `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  if (resourceVersion !== live.metadata.resourceVersion) throw conflict(resource, name, STALE);
}

/** What an update of the object itself, or of a subresource, may not touch, is as it was. Changes `proposed`. */
export function keepUntouchables(
  resource: Resource,
  live: ApiObject,
  proposed: ApiObject,
  subresource: 'status' | 'scale' | undefined,
): ApiObject {
  const next = subresource === 'status' ? withStatusOnly(resource, live, proposed) : proposed;
  if (subresource !== 'status' && resource.subresources.status) carry(next, live, 'status');
  const { metadata } = next;
  for (const field of ['generation', 'creationTimestamp', 'resourceVersion'] as const)
    carry(metadata, live.metadata, field);
  if (live.metadata.deletionTimestamp !== undefined) carry(metadata, live.metadata, 'deletionTimestamp');
  metadata.deletionGracePeriodSeconds ??= live.metadata.deletionGracePeriodSeconds as number;
  if (metadata.deletionGracePeriodSeconds === undefined) delete metadata.deletionGracePeriodSeconds;
  metadata.uid ||= live.metadata.uid ?? '';
  return next;
}

/** Of a custom resource nothing else changes; a built-in kind's metadata may. */
function withStatusOnly(resource: Resource, live: ApiObject, proposed: ApiObject): ApiObject {
  const metadata = { ...(resource.custom ? live : proposed).metadata };
  carry(metadata, proposed.metadata, 'managedFields');
  const next: ApiObject = { ...live, metadata };
  carry(next, proposed, 'status');
  return next;
}

function carry<T extends object>(to: T, from: T, field: keyof T): void {
  if (from[field] === undefined) delete to[field];
  else to[field] = from[field];
}

/** The generation rises when what a user wishes changes. */
export function raiseGeneration(resource: Resource, live: ApiObject, next: ApiObject): void {
  const { generation } = live.metadata;
  if (resource.strategy.hasGeneration === false || generation === undefined) return;
  if (!sameFields(live, next, wishless(resource))) next.metadata.generation = generation + 1;
}

/** What nobody wishes: metadata and, where it has a path of its own, status. */
const wishless = (resource: Resource): readonly string[] =>
  !resource.custom || resource.subresources.status ? ['metadata', 'status'] : ['metadata'];

/** Whether a write would change nothing but the times in managedFields. */
export const isSame = (live: ApiObject, next: ApiObject): boolean =>
  sameFields(live, next, ['metadata']) &&
  sameFields(live.metadata, next.metadata, ['resourceVersion', 'managedFields']) &&
  sameManagers(live.metadata.managedFields, next.metadata.managedFields);

const sameManagers = (a: readonly unknown[] = [], b: readonly unknown[] = []): boolean =>
  a === b || (a.length === b.length && a.every((entry, index) => sameFields(entry, b[index], ['time'])));

function sameFields(a: unknown, b: unknown, ignored: readonly string[]): boolean {
  if (!isObject(a) || !isObject(b)) return sameJson(a, b);
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)]))
    if (!ignored.includes(name) && !sameJson(a[name], b[name])) return false;
  return true;
}
