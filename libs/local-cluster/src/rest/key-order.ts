import { isObject } from '../clone.js';
import type { Resource } from '../resources/resource.js';
import type { Schema } from '../schema/schema.js';

/**
 * Puts the keys of maps in their order, in place, as Go writes them: clients compare texts. Of a custom resource every
 * object is a map to Go; of a built-in kind, those whose keys the user chooses (labels, data).
 */
export function orderKeys({ custom, schema }: Resource, object: Record<string, unknown>): void {
  if (custom) sortAll(object);
  else sortMaps(object, schema);
}

/** What is frozen comes from the store, and is in order. */
function sortAll(value: unknown): void {
  if (Object.isFrozen(value)) return;
  if (Array.isArray(value)) return value.forEach(sortAll);
  if (!isObject(value)) return;
  sortKeys(value);
  Object.values(value).forEach(sortAll);
}

function sortMaps(value: unknown, schema: Schema): void {
  if (Object.isFrozen(value)) return;
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(value)) return items && value.forEach((item) => sortMaps(item, items));
  if (!isObject(value)) return;
  if (properties) return sortFields(value, properties);
  if (!isObject(additionalProperties)) return;
  sortKeys(value);
  for (const item of Object.values(value)) sortMaps(item, additionalProperties as Schema);
}

function sortFields(value: Record<string, unknown>, properties: Readonly<Record<string, Schema>>): void {
  for (const [name, field] of Object.entries(value)) {
    const schema = properties[name];
    if (schema && typeof field === 'object') sortMaps(field, schema);
  }
}

function sortKeys(map: Record<string, unknown>): void {
  const keys = Object.keys(map);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') < key);
  if (isSorted) return;
  const entries = keys.sort().map((key) => [key, map[key]] as const);
  for (const key of keys) delete map[key];
  for (const [key, value] of entries) map[key] = value;
}
