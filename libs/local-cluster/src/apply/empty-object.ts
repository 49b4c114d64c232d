import { isObject } from '../clone.js';
import type { Schema } from '../schema/schema.js';
import type { JsonObject } from '../schema/json.js';

/**
 * What an object is before anything is written into it. A Go struct is never without the structs in it, so nobody who
 * writes `spec.replicas` thereby adds `spec`; a custom resource begins with nothing.
 */
export function emptyObject(schema: Schema, typeMeta: { apiVersion: string; kind: string }): JsonObject {
  return isCustom(schema) ? typeMeta : { metadata: {}, ...zeroOf(schema), ...typeMeta };
}

export const isCustom = (schema: Schema): boolean => schema['x-go-type'] === undefined;

const zeros = new WeakMap<Schema, JsonObject>();

function zeroOf(schema: Schema): JsonObject {
  const known = zeros.get(schema);
  if (known) return known;
  const zero: JsonObject = {};
  zeros.set(schema, zero);
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const value = zeroOfField(field, schema.required?.includes(name) === true);
    if (value !== undefined) zero[name] = value;
  }
  return zero;
}

/**
 * OpenAPI gives the default `{}` to structs that are no pointers, and Go's zero to texts and numbers always written.
 * A time that is none is null.
 */
function zeroOfField(field: Schema, required: boolean): unknown {
  if (field.format === 'date-time') return null;
  if (field.default === undefined) return required ? null : undefined;
  if (isObject(field.default)) return field.type === 'object' ? zeroOf(field) : undefined;
  return field.default === '' || field.default === 0 || field.default === false ? field.default : undefined;
}
