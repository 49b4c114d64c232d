import type { FieldError } from '../api-error.js';
import { schemaOfField } from './defaults.js';
import { duplicate, invalidValue } from './field-errors.js';
import { isJsonObject, sortedJson } from './json.js';
import type { JsonObject } from './json.js';
import type { Schema } from './schema.js';

/** Lists of type `set` hold no value twice, those of type `map` no key. */
export function validateLists(schema: Schema, value: unknown, path = ''): FieldError[] {
  if (Array.isArray(value)) return listErrors(schema, value, path);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([field, content]) => {
    const of = schemaOfField(schema, field);
    return of ? validateLists(of, content, childPath(schema, path, field)) : [];
  });
}

/** `parent.field`, or `parent[key]` in a map. */
export function childPath({ properties }: Schema, path: string, field: string): string {
  if (!(properties && Object.hasOwn(properties, field))) return `${path}[${field}]`;
  return path === '' ? field : `${path}.${field}`;
}

function listErrors(schema: Schema, list: readonly unknown[], path: string): FieldError[] {
  const { items } = schema;
  const inItems = items ? list.flatMap((item, index) => validateLists(items, item, `${path}[${index}]`)) : [];
  return [...ownErrors(schema, list, path), ...inItems];
}

function ownErrors(schema: Schema, list: readonly unknown[], path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return repeated(list).map((index) => duplicate(`${path}[${index}]`, list[index]));
  if (type !== 'map') return [];
  const odd = list.findIndex((item) => item !== null && !isJsonObject(item));
  if (odd >= 0) return [invalidValue(`${path}[${odd}]`, list[odd], 'must be an object for an array of list-type map')];
  const keys = list.map((item) => keyOf(item, schema['x-kubernetes-list-map-keys'] ?? []));
  return repeated(keys).map((index) => duplicate(`${path}[${index}]`, keys[index]));
}

function keyOf(item: unknown, fields: readonly string[]): JsonObject {
  if (!isJsonObject(item)) return {};
  return Object.fromEntries(fields.filter((field) => Object.hasOwn(item, field)).map((field) => [field, item[field]]));
}

/** Where a value appears for the second time; later repetitions of the same one are not told. */
function repeated(list: readonly unknown[]): number[] {
  const counts = new Map<string, number>();
  return list.flatMap((item, index) => {
    const text = sortedJson(item);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count === 2 ? [index] : [];
  });
}
