import type { ApiObject } from '../api-object.js';
import { isObject } from '../clone.js';
import { sameJson } from '../schema/json.js';
import type { Schema } from '../schema/schema.js';
import { capUpdaters } from './capped.js';
import { emptyObject, isCustom } from './empty-object.js';
import { isUnchanged } from './compare.js';
import type { Comparison } from './compare.js';
import { FieldSet } from './field-set.js';
import { resetFields, SERVER_FIELDS } from './ignored-fields.js';
import { encodeManagers, identityOf, managersOrNone } from './managers.js';
import type { Managers } from './managers.js';
import { shapeOf } from './shape.js';
import { ownedChanges, released } from './updater.js';
import type { Ownership } from './updater.js';

export interface UpdateRequest {
  readonly schema: Schema;
  readonly apiVersion: string;
  /** Absent on create. */
  readonly live?: ApiObject;
  /** What shall be stored. Its own managedFields count, as a user may set them. */
  readonly proposed: ApiObject;
  readonly manager: string;
  readonly subresource?: string;
  /** false: `status` is a field like any other. */
  readonly hasStatus?: boolean;
  /** RFC 3339, seconds. */
  readonly now: string;
}

/** The proposed object with who owns what after a create, an update or any patch but an apply. Shares its parts. */
export function trackUpdate(request: UpdateRequest): ApiObject {
  const { live, proposed } = request;
  const known = live?.metadata.managedFields;
  const entries = entriesOf(known, request);
  if (live && !hasEntries(entries)) return withEntries(proposed, undefined);
  const before = live ? withEntries(live, undefined) : emptyObject(request.schema, typeOf(proposed));
  const changes = ownedChanges(ownershipOf(request.schema, proposed.kind, request), before, withEntries(proposed, []));
  if (entries === known && isUnchanged(changes)) return withEntries(proposed, known);
  return withEntries(proposed, encodeManagers(withChanges(request, changes, managersOrNone(entries))));
}

export const typeOf = ({ apiVersion, kind }: ApiObject): { apiVersion: string; kind: string } => ({ apiVersion, kind });

/** The user's own entries; the live ones where there are none, where they cannot be read, or through a subresource. */
function entriesOf(known: unknown, { schema, proposed, subresource }: UpdateRequest): unknown {
  const { managedFields } = proposed.metadata;
  if (subresource || managedFields === undefined || sameJson(managedFields, known)) return known;
  if (Array.isArray(managedFields) && isReset(managedFields, isCustom(schema))) return [];
  return managersOrNone(managedFields).size > 0 ? managedFields : known;
}

const hasEntries = (entries: unknown): boolean => Array.isArray(entries) && entries.length > 0;

/** No entries, or an empty one; a custom resource loses an empty list when it is decoded, so there it says nothing. */
const isReset = (entries: readonly unknown[], custom: boolean): boolean =>
  entries.length === 0 ? !custom : entries.length === 1 && isObject(entries[0]) && Object.keys(entries[0]).length === 0;

/** The managers after changes: whoever made them owns them alone. */
export function withChanges(
  { apiVersion, manager, subresource = '', now }: Pick<UpdateRequest, 'apiVersion' | 'manager' | 'subresource' | 'now'>,
  changes: Comparison,
  managers: Managers,
): Managers {
  const left = released(managers, changes, undefined);
  const taken = changes.modified.union(changes.added).difference(SERVER_FIELDS);
  if (taken.empty) return left;
  const updater = { name: manager || 'unknown', operation: 'Update', apiVersion, subresource } as const;
  const id = identityOf(updater);
  left.set(id, { ...updater, fields: taken.union(left.get(id)?.fields ?? FieldSet.EMPTY), time: now });
  capUpdaters(left);
  return left;
}

export function ownershipOf(
  schema: Schema,
  kind: string,
  { subresource, hasStatus = true }: { subresource?: string | undefined; hasStatus?: boolean | undefined },
): Ownership {
  const resets = subresource || hasStatus ? resetFields(kind, isCustom(schema), subresource) : FieldSet.EMPTY;
  return { shape: shapeOf(schema), resets };
}

/** The object with these entries, or with none. */
export function withEntries(object: ApiObject, entries: unknown): ApiObject {
  const metadata = { ...object.metadata, managedFields: entries };
  if (!hasEntries(entries)) delete metadata.managedFields;
  return { ...object, metadata: metadata as ApiObject['metadata'] };
}
