import { ApiError, badRequest, invalid, type FieldError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { Resource } from '../resources/resource.js';
import type { RevisionStore } from '../storage/revision-store.js';
import { INCONSISTENT, readToken, writeToken } from './continue-token.js';
import type { ListParameters, ObjectList } from './object-api.js';
import { selection } from './selectors.js';
import { keyOf, prefixOf } from './store-key.js';
import { atVersionOf } from './versions.js';

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/** A list, or a page of one, as https://kubernetes.io/docs/reference/using-api/api-concepts/ tells it. */
export function listObjects(store: RevisionStore, resource: Resource, parameters: ListParameters): ObjectList {
  rejectInvalid(parameters);
  const prefix = prefixOf(resource, parameters.namespace);
  const { at, objects } = objectsOf(store, { resource, prefix }, parameters);
  const { items, rest } = page(objects, selection(resource, parameters), parameters.limit ?? 0);
  const revision = at ?? store.revision;
  const last = items.at(-1);
  const list = { items: items.map((item) => atVersionOf(resource, item)), resourceVersion: String(revision) };
  if (rest === 0 || !last) return list;
  const isSelected = Boolean(parameters.labelSelector) || Boolean(parameters.fieldSelector);
  const continued = writeToken(revision, keyOf(resource, last.metadata).slice(prefix.length));
  return { ...list, continue: continued, ...(isSelected ? {} : { remainingItemCount: rest }) };
}

/** What the list begins with, and the revision it is of; none: the newest. */
function objectsOf(
  store: RevisionStore,
  { resource, prefix }: { resource: Resource; prefix: string },
  parameters: ListParameters,
): { at: number | undefined; objects: readonly ApiObject[] } {
  const { continue: token } = parameters;
  if (!token) {
    const at = wantedRevision(store, parameters);
    return { at, objects: objectsAt(store, prefix, at, undefined) };
  }
  const { key, revision: at } = readToken(token, prefix);
  const all = objectsAt(store, prefix, at, key);
  return { at, objects: all.slice(firstAtOrAfter(resource, all, key)) };
}

/** At most `limit` objects that match, and how many come after the last of them. */
function page(
  objects: readonly ApiObject[],
  matches: (object: ApiObject) => boolean,
  limit: number,
): { items: ApiObject[]; rest: number } {
  if (limit === 0) return { items: objects.filter(matches), rest: 0 };
  const items: ApiObject[] = [];
  for (const [index, object] of objects.entries()) {
    if (!matches(object)) continue;
    if (items.length === limit) return { items, rest: objects.length - index };
    items.push(object);
  }
  return { items, rest: 0 };
}

function objectsAt(
  store: RevisionStore,
  prefix: string,
  at: number | undefined,
  key: string | undefined,
): readonly ApiObject[] {
  if (at === undefined || at === store.revision) return store.list(prefix);
  try {
    return store.list(prefix, { at });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 410) throw error;
    if (key === undefined) throw new ApiError(410, 'Expired', 'The resourceVersion for the provided list is too old.');
    throw new ApiError(410, 'Expired', TOO_OLD, { continue: writeToken(INCONSISTENT, key.slice(prefix.length)) });
  }
}

function wantedRevision(
  store: RevisionStore,
  { resourceVersion, resourceVersionMatch, limit }: ListParameters,
): number | undefined {
  if (!resourceVersion || resourceVersion === '0') return undefined;
  const wanted = parseVersion(resourceVersion, (why) => badRequest(`invalid resource version: ${why}`));
  if (wanted > store.revision) throw tooLarge(wanted, store.revision);
  const exact =
    resourceVersionMatch === 'Exact' || (resourceVersionMatch === undefined && limit !== undefined && limit > 0);
  return exact ? wanted : undefined;
}

/** A resourceVersion that a request names; `refuse` makes an error of what is wrong with it. */
export function parseVersion(text: string, refuse: (why: string) => ApiError): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw refuse(`resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
}

export const tooLarge = (wanted: number, current: number): ApiError =>
  new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${wanted}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });

function firstAtOrAfter(resource: Resource, objects: readonly ApiObject[], key: string): number {
  let low = 0;
  let high = objects.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const object = objects[middle];
    if (object && keyOf(resource, object.metadata) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rejectInvalid({ resourceVersion, resourceVersionMatch: match, continue: token }: ListParameters): void {
  if (token && resourceVersion && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  if (match === undefined) return;
  const errors = matchErrors(match, { resourceVersion, token });
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}

function matchErrors(
  match: string,
  { resourceVersion, token }: { resourceVersion: string | undefined; token: string | undefined },
): FieldError[] {
  const field = 'resourceVersionMatch';
  const forbidden = (why: string): FieldError => ({ type: 'FieldValueForbidden', field, message: `Forbidden: ${why}` });
  const isKnown = match === 'Exact' || match === 'NotOlderThan';
  return [
    ...(resourceVersion ? [] : [forbidden('resourceVersionMatch is forbidden unless resourceVersion is provided')]),
    ...(token ? [forbidden('resourceVersionMatch is forbidden when continue is provided')] : []),
    ...(isKnown ? [] : [unsupported(field, match)]),
    ...(match === 'Exact' && resourceVersion === '0'
      ? [forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')]
      : []),
  ];
}

const unsupported = (field: string, value: string): FieldError => ({
  type: 'FieldValueNotSupported',
  field,
  message: `Unsupported value: "${value}": supported values: "Exact", "NotOlderThan", ""`,
});
