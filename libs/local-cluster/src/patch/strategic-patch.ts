import { badRequest } from '../api-error.js';
import { clone, isObject } from '../clone.js';
import type { Schema } from '../schema/schema.js';
import { inElementOrder, mergeKeyOf } from './element-order.js';
import { metaOfList, metaOfObject } from './patch-meta.js';
import type { PatchMeta } from './patch-meta.js';
import { cannotApply, goText, goType, jsonType, unforeseen } from './refusals.js';

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const ELEMENT_ORDER = '$setElementOrder';

type Fields = Record<string, unknown>;

/**
 * Kubernetes' strategic merge: lists merge by key where the schema says so, with the directives `$patch`,
 * `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`.
 */
export function applyStrategicPatch(schema: Schema, object: unknown, patch: unknown): unknown {
  if (patch === null) return clone(object);
  if (!isObject(patch))
    throw badRequest(`json: cannot unmarshal ${jsonType(patch)} into Go value of type map[string]interface {}`);
  return mergeFields(schema, isObject(object) ? clone(object) : {}, clone(patch));
}

/** Both arguments are ours to change. */
function mergeFields(schema: Schema, live: Fields, patch: Fields): Fields {
  if (DIRECTIVE in patch) return directed(patch);
  retainKeys(live, patch);
  orderLists(schema, live, patch);
  for (const [key, value] of Object.entries(patch))
    if (key.startsWith(DELETE_FROM_LIST)) deleteFromList(live, fieldOf(key, DELETE_FROM_LIST), value);
    else mergeField(schema, live, key, value);
  return live;
}

function directed({ [DIRECTIVE]: directive, ...rest }: Fields): Fields {
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw unforeseen(`unknown patch type: ${goText(directive)} in map: ${goText({ [DIRECTIVE]: directive, ...rest })}`);
}

function mergeField(schema: Schema, live: Fields, key: string, value: unknown): void {
  const current = live[key];
  if (value === null) delete live[key];
  else if (isObject(current) && isObject(value)) {
    const { inner, strategy } = metaOfObject(schema, key);
    live[key] = strategy === 'replace' ? value : mergeFields(inner, current, value);
  } else if (Array.isArray(current) && Array.isArray(value)) {
    live[key] = mergeLists(metaOfList(schema, key), current, value);
  } else if (isDirective(value)) delete live[key];
  else live[key] = withoutDirectives(withoutNulls(value));
}

/** Drops what is not named; the patch itself may not set what it does not retain. */
function retainKeys(live: Fields, patch: Fields): void {
  if (!(RETAIN_KEYS in patch)) return;
  const retained = patch[RETAIN_KEYS];
  delete patch[RETAIN_KEYS];
  const set = Object.keys(patch).filter(
    (key) => patch[key] !== null && !key.startsWith(DELETE_FROM_LIST) && !key.startsWith(ELEMENT_ORDER),
  );
  if (!Array.isArray(retained) || set.some((key) => !retained.includes(key)))
    throw badRequest('invalid patch format of retainKeys');
  for (const key of Object.keys(live)) if (!retained.includes(key)) delete live[key];
}

function fieldOf(key: string, prefix: string): string {
  if (key.startsWith(`${prefix}/`)) return key.slice(prefix.length + 1);
  throw badRequest(`invalid patch format of ${prefix === ELEMENT_ORDER ? 'setElementOrder' : 'primitive'} list`);
}

function deleteFromList(live: Fields, field: string, values: unknown): void {
  if (values === null) delete live[field];
  const current = live[field];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  if (current.length > 0 || values.length > 0) requireOneType(current, values);
  live[field] = current.filter((item) => !values.includes(item));
}

/** Every list that has a `$setElementOrder` beside it is merged and ordered here, and leaves the patch. */
function orderLists(schema: Schema, live: Fields, patch: Fields): void {
  for (const key of Object.keys(patch).filter((name) => name.startsWith(ELEMENT_ORDER))) {
    const order = asList(patch[key]);
    delete patch[key];
    const field = fieldOf(key, ELEMENT_ORDER);
    const current = field in live ? asList(live[field]) : undefined;
    const wanted = field in patch ? asList(patch[field]) : undefined;
    const meta = metaOfList(schema, field);
    requireOrder(wanted ?? [], order, meta.mergeKey);
    delete patch[field];
    const merged = mergedForOrder(meta, current, wanted);
    if (merged) live[field] = inElementOrder(merged, order, current ?? [], meta.mergeKey);
  }
}

function mergedForOrder(
  meta: PatchMeta,
  current: unknown[] | undefined,
  wanted: unknown[] | undefined,
): unknown[] | undefined {
  if (!wanted) return current;
  return current ? mergeLists(meta, clone(current), wanted) : (withoutDirectives(wanted) as unknown[]);
}

function asList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw unforeseen(`expected a []interface {}, but received a ${goType(value)}`);
}

/** What the patch lists has to stand in the order that it asks for itself. */
function requireOrder(patch: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const keyOf = (item: unknown): unknown => (mergeKey === '' ? item : mergeKeyOf(item, mergeKey));
  const items = patch.filter((item) => !(isObject(item) && item[DIRECTIVE] === 'delete'));
  let next = 0;
  for (const wanted of order) {
    while (isDirective(items[next])) next++;
    if (next < items.length && keyOf(items[next]) === keyOf(wanted)) next++;
  }
  if (next === items.length) return;
  throw unforeseen(
    `The order in patch list:\n${goText(patch)}\n doesn't match ${ELEMENT_ORDER} list:\n${goText(order)}\n`,
  );
}

function mergeLists(meta: PatchMeta, live: unknown[], patch: unknown[]): unknown[] {
  if (meta.strategy !== 'merge') return patch;
  if (live.length === 0 && patch.length === 0) return live;
  if (requireOneType(live, patch) === 'map[string]interface {}') return mergeItems(meta, live, patch as Fields[]);
  return inElementOrder([...new Set([...live, ...patch])], patch, live, meta.mergeKey);
}

function mergeItems({ inner, mergeKey }: PatchMeta, live: unknown[], patch: readonly Fields[]): unknown[] {
  if (mergeKey === '') throw unforeseen('cannot merge lists without merge key for slice');
  const items = patch.filter((item) => !(DIRECTIVE in item));
  const replaced = obeyDirectives(live, patch, mergeKey);
  // A list that is replaced as a whole takes the rest of the patch as its content, and nothing is left to merge.
  if (replaced) return inElementOrder(items, [], items, mergeKey);
  const before = [...live];
  for (const item of items) {
    const key = mergeKeyOf(item, mergeKey);
    const at = live.findIndex((candidate) => isObject(candidate) && candidate[mergeKey] === key);
    const current = live[at];
    if (isObject(current)) live[at] = mergeFields(inner, current, item);
    else live.push(item);
  }
  return inElementOrder(live, items, before, mergeKey);
}

/** Deletes from `live` what `$patch: delete` names; tells whether `$patch: replace` was among the items. */
function obeyDirectives(live: unknown[], patch: readonly Fields[], mergeKey: string): boolean {
  let replaced = false;
  for (const item of patch.filter((candidate) => DIRECTIVE in candidate)) {
    const directive = item[DIRECTIVE];
    if (directive === 'replace') replaced = true;
    else if (directive === 'delete') deleteMatching(live, mergeKeyOf(item, mergeKey), mergeKey);
    else if (directive === 'merge') throw unforeseen('merging lists cannot yet be specified in the patch');
    else throw unforeseen(`unknown patch type: ${goText(directive)} in map: ${goText(item)}`);
  }
  return replaced;
}

function deleteMatching(live: unknown[], key: unknown, mergeKey: string): void {
  const kept = live.filter((item) => !isObject(item) || item[mergeKey] !== key);
  live.splice(0, live.length, ...kept);
}

function requireOneType(...lists: readonly (readonly unknown[])[]): string {
  const types = new Set(lists.flat(1).map(goType));
  if (types.has('[]interface {}')) throw cannotApply();
  const [type] = types;
  if (type === undefined || types.size > 1) throw unforeseen(`list element types are not identical: ${goText(lists)}`);
  return type;
}

const isDirective = (value: unknown): boolean => isObject(value) && DIRECTIVE in value;

function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isDirective(item)).map(withoutDirectives);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => !isDirective(field));
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutDirectives(field)]));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(kept.map(([key, field]) => [key, withoutNulls(field)]));
}
