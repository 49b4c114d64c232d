import { isDeepStrictEqual } from 'node:util';
import { conflict, invalid, STALE } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';

/** Refuses an update of a version that is not the newest. An update without one is of any, where the kind allows it. */
export function checkVersion(resource: Resource, live: ApiObject, proposed: ApiObject): void {
  const { name, resourceVersion, uid } = proposed.metadata;
  if (uid && uid !== live.metadata.uid)
    throw conflict(
      resource,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid ?? ''}`,
    );
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
  for (const field of ['generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    carry(metadata, live.metadata, field);
  metadata.uid ||= live.metadata.uid ?? '';
  return next;
}

/** Of a custom resource nothing else changes; a built-in kind's metadata may. */
function withStatusOnly(resource: Resource, live: ApiObject, proposed: ApiObject): ApiObject {
  const { managedFields } = proposed.metadata;
  const metadata = resource.custom
    ? { ...live.metadata, ...(managedFields && { managedFields }) }
    : { ...proposed.metadata };
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
  if (!isDeepStrictEqual(wishOf(resource, live), wishOf(resource, next))) next.metadata.generation = generation + 1;
}

/** All but metadata and, where it has a path of its own, status. */
function wishOf(resource: Resource, object: ApiObject): unknown {
  const hasOwnPath = !resource.custom || resource.subresources.status;
  return without(object, 'metadata', ...(hasOwnPath ? ['status'] : []));
}

/** Whether a write would change anything but the times in managedFields and the version. */
export const isSame = (live: ApiObject, next: ApiObject): boolean =>
  isDeepStrictEqual(comparable(live), comparable(next));

function comparable(object: ApiObject): unknown {
  const { managedFields } = object.metadata;
  const managers = managedFields?.map((entry) => without(entry as object, 'time'));
  return { ...object, metadata: { ...without(object.metadata, 'resourceVersion', 'managedFields'), managers } };
}

const without = (object: object, ...names: readonly string[]): object =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
