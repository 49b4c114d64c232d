import { badRequest } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { clone, isObject } from '../clone.js';
import { unforeseen } from '../patch/refusals.js';
import type { JsonObject } from '../schema/json.js';
import { emptyNulls, tidyMetadata } from '../schema/object-meta.js';
import type { Schema } from '../schema/schema.js';
import { conflictError } from './conflict-error.js';
import { emptyObject, isCustom } from './empty-object.js';
import { goValue, NotConvertible } from './go-value.js';
import { SERVER_FIELDS } from './ignored-fields.js';
import { withLastApplied, withoutLastApplied } from './last-applied.js';
import { encodeManagers, identityOf, managersOrNone } from './managers.js';
import type { Manager, Managers } from './managers.js';
import { ownershipOf, typeOf, withChanges, withEntries } from './track-update.js';
import { afterApply, Conflicts, ownedChanges } from './updater.js';
import type { Ownership } from './updater.js';
import { shapeErrors } from './validate.js';

export interface ApplyRequest {
  readonly schema: Schema;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly live?: ApiObject;
  /** What the manager wants, and no more: without defaults. */
  readonly applied: ApiObject;
  readonly manager: string;
  readonly force: boolean;
  readonly subresource?: string;
  /** false: `status` is a field like any other. */
  readonly hasStatus?: boolean;
  /** RFC 3339, seconds. */
  readonly now: string;
}

/** kubectl's own manager is the only one that takes over from `kubectl apply` on the client. */
const KUBECTL = 'kubectl';
const BEFORE_FIRST_APPLY = 'before-first-apply';

/** The object after a server-side apply, with its managedFields. Shares parts with its arguments. */
export function serverSideApply(given: ApplyRequest): ApiObject {
  const { schema, kind, live, now } = given;
  const ownership = ownershipOf(schema, kind, given);
  requireAppliable(given, ownership);
  const applied = { ...given.applied, metadata: { ...given.applied.metadata } };
  const request = { ...given, applied };
  const manager: Manager = {
    name: request.manager || 'unknown',
    operation: 'Apply',
    apiVersion: applied.apiVersion,
    subresource: request.subresource ?? '',
    time: undefined,
    fields: SERVER_FIELDS,
  };
  const base = live ? withEntries(live, undefined) : (emptyObject(schema, typeOf(applied)) as ApiObject);
  const before = knownManagers(request, ownership, base);
  const { object, managers, changed } = resolved(ownership, base, request, { managers: before, manager });
  stripServerFields(managers, identityOf(manager), changed ? now : undefined);
  const result = changed ? (object as ApiObject) : base;
  const merged = isCustom(schema) ? result : converted(request, result);
  const tidied = { ...merged, metadata: tidy(merged.metadata) };
  const annotated = request.manager === KUBECTL ? withLastApplied(tidied, applied) : tidied;
  return withEntries(annotated, encodeManagers(managers));
}

function requireAppliable({ group, version, kind, applied }: ApplyRequest, { shape }: Ownership): void {
  const wanted = group === '' ? version : `${group}/${version}`;
  if (applied.apiVersion !== wanted || applied.kind !== kind)
    throw badRequest(`invalid object type: ${typeTextOf(applied)}`);
  const { managedFields } = { ...(applied.metadata as { managedFields?: unknown } | undefined) };
  if (Array.isArray(managedFields) && managedFields.every(isObject))
    throw badRequest('metadata.managedFields must be nil');
  const errors = shapeErrors(shape, applied);
  if (errors.length === 0) return;
  const text = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
  throw unforeseen(`failed to create typed patch object (${titleOf(applied)}): ${text}`);
}

/** What an object says it is; an apiVersion of three parts says nothing. */
function typeTextOf({ apiVersion, kind }: ApiObject): string {
  if (apiVersion.split('/').length > 2) return '/, Kind=';
  return `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind}`;
}

function titleOf(applied: ApiObject): string {
  const { namespace, name } = { ...(applied.metadata as { namespace?: unknown; name?: unknown } | undefined) };
  return `${textOf(namespace)}/${textOf(name)}; ${typeTextOf(applied)}`;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A built-in kind's object as Go holds it. */
function converted({ schema, applied }: ApplyRequest, object: ApiObject): ApiObject {
  try {
    return goValue(schema, object) as ApiObject;
  } catch (error) {
    if (!(error instanceof NotConvertible)) throw error;
    throw unforeseen(
      `failed to convert new object (${titleOf(applied)}) to proper version: ` +
        `unable to convert unstructured object to ${typeTextOf(applied)}: ${error.message}`,
    );
  }
}

/** Of an object that nobody was tracked of, everything is one manager's: of before the first apply. */
function knownManagers(request: ApplyRequest, ownership: Ownership, base: ApiObject): Managers {
  const { schema, live, applied } = request;
  const managers = managersOrNone(live?.metadata.managedFields);
  if (managers.size > 0 || !live) return managers;
  const changes = ownedChanges(ownership, emptyObject(schema, typeOf(applied)), base);
  return withChanges({ ...request, apiVersion: applied.apiVersion, manager: BEFORE_FIRST_APPLY }, changes, managers);
}

function resolved(
  ownership: Ownership,
  base: ApiObject,
  { applied, force, manager: name }: ApplyRequest,
  { managers, manager }: { managers: Managers; manager: Manager },
): ReturnType<typeof afterApply> {
  const apply = (forced: boolean): ReturnType<typeof afterApply> =>
    afterApply(ownership, base, applied, { managers, manager, force: forced });
  try {
    return apply(force);
  } catch (error) {
    if (!(error instanceof Conflicts)) throw error;
    const left = name === KUBECTL ? withoutLastApplied(error, ownership.shape, base) : error;
    if (left) throw conflictError(left);
    return apply(true);
  }
}

/** Changes `managers`: what the server itself sets is nobody's, and the time is that of the last change. */
function stripServerFields(managers: Managers, id: string, time: string | undefined): void {
  const applier = managers.get(id);
  if (!applier) return;
  const fields = applier.fields.difference(SERVER_FIELDS);
  if (fields.empty) managers.delete(id);
  else managers.set(id, { ...applier, fields, time: time ?? applier.time });
}

function tidy(metadata: ApiObject['metadata']): ApiObject['metadata'] {
  const filled = { ...metadata, ...emptied(metadata) };
  const tidied = withoutNulls(filled) as ApiObject['metadata'] & JsonObject;
  tidyMetadata(tidied);
  return tidied;
}

/** A null label or annotation is an empty one. */
function emptied({ labels, annotations }: ApiObject['metadata']): object {
  const copies = clone({ ...(labels && { labels }), ...(annotations && { annotations }) });
  emptyNulls(copies);
  return copies;
}

/** Nothing else of metadata is null. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutNulls(field)]));
}
