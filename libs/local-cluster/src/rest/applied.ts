import { conflict } from '../api-error.js';
import type { ApiObject, ObjectName } from '../api-object.js';
import { serverSideApply } from '../apply/index.js';
import { clone, isObject } from '../clone.js';
import type { Resource } from '../resources/resource.js';
import { withDefaults } from './decode.js';
import { requireName } from './new-object.js';
import type { WriteParameters } from './object-api.js';
import { atVersionOf } from './versions.js';

/** A server-side apply to one object. */
export interface Apply {
  readonly resource: Resource;
  readonly name: ObjectName;
  readonly body: unknown;
  readonly force: boolean;
  readonly parameters: Pick<WriteParameters, 'fieldManager' | 'subresource'>;
  /** RFC 3339. */
  readonly now: string;
}

/** What an apply makes of the object that there is, or of none. */
export function appliedTo(
  live: ApiObject | undefined,
  { resource, name, body, force, parameters, now }: Apply,
): ApiObject {
  const { schema, group, version, kind, subresources } = resource;
  const { fieldManager: manager, subresource } = parameters;
  const object = clone(
    serverSideApply({
      schema,
      group,
      version,
      kind,
      applied: readApplied(body),
      manager,
      force,
      hasStatus: subresources.status !== undefined,
      now,
      ...(live && { live: atVersionOf(resource, live) }),
      ...(subresource && { subresource }),
    }),
  );
  const { uid = '' } = object.metadata;
  const mismatch = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  if (!live && uid !== '') throw conflict(resource, name.name, mismatch);
  requireName(object, name.name, name.namespace);
  return withDefaults(resource, object);
}

/** As far as every object is alike: the rest is for the apply to judge. */
function readApplied(body: unknown): ApiObject {
  const { apiVersion = '', kind = '', metadata, ...rest } = isObject(body) ? body : {};
  const head = { apiVersion: String(apiVersion), kind: String(kind) };
  return { ...head, metadata: (isObject(metadata) ? metadata : {}) as unknown as ApiObject['metadata'], ...rest };
}
