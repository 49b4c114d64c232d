import { isJsonObject, sameJson, sortedJson } from './json.js';
import type { JsonObject } from './json.js';
import type { Schema } from './schema.js';

/** The value that a value replaces in an update; what cannot be told has none. */
export interface Old {
  readonly value: unknown;
}

/** The old value of a field that was there before. */
export function oldOfField(old: Old | undefined, field: string): Old | undefined {
  return isJsonObject(old?.value) && Object.hasOwn(old.value, field) ? { value: old.value[field] } : undefined;
}

/** The old item with the same keys; only lists of type `map` know their items again. */
export function oldOfItem(schema: Schema, old: Old | undefined, item: unknown): Old | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(old?.value)) return undefined;
  if (!isJsonObject(item)) return undefined;
  const wanted = keyOf(item, keys);
  const found: unknown = old.value.find((other) => isJsonObject(other) && keyOf(other, keys) === wanted);
  return found === undefined ? undefined : { value: found };
}

const keyOf = (item: JsonObject, keys: readonly string[]): string => sortedJson(keys.map((key) => item[key] ?? null));

/** Whether an update leaves a value as it was. */
export const isUnchanged = (old: Old | undefined, value: unknown): boolean =>
  old !== undefined && sameJson(old.value, value);
