import { badRequest, conflict } from '../api-error.js';
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
  readonly duplicates?: readonly string[];
  readonly parameters: Pick<WriteParameters, 'fieldManager' | 'subresource' | 'fieldValidation' | 'warn'>;
  /** RFC 3339. */
  readonly now: string;
}

/** What an apply makes of the object that there is, or of none. */
export function appliedTo(
  live: ApiObject | undefined,
  { resource, name, body, force, duplicates = [], parameters, now }: Apply,
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
  tellDuplicates(duplicates, parameters);
  const { uid = '' } = object.metadata;
  const mismatch = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
  if (!live && uid !== '') throw conflict(resource, name.name, mismatch);
  requireName(object, name.name, name.namespace);
  return withDefaults(resource, object);
}

/** What stands twice matters only where the rest is right. */
function tellDuplicates(duplicates: readonly string[], { fieldValidation, warn }: Apply['parameters']): void {
  if (duplicates.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Warn') return duplicates.forEach(warn);
  const lines = duplicates.map((line) => `  ${line}`).join('\n');
  throw badRequest(`error strict decoding patch: error converting YAML to JSON: yaml: unmarshal errors:\n${lines}`);
}

/** As far as every object is alike: the rest, and of what type its metadata are, is for the apply to judge. */
function readApplied(body: unknown): ApiObject {
  const { apiVersion, kind, metadata = {}, ...rest } = isObject(body) ? body : {};
  const head = { apiVersion: textOf(apiVersion), kind: textOf(kind) };
  return { ...head, metadata: metadata as ApiObject['metadata'], ...rest };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
