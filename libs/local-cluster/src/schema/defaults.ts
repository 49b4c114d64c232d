import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import type { Schema } from './schema.js';

/** Fills what is absent, or null where null is no value, with the schema's defaults, in place; parents before children. */
export function applyDefaults(schema: Schema, value: unknown): void {
  if (Array.isArray(value)) defaultItems(schema, value);
  else if (isJsonObject(value)) defaultFields(schema, value);
}

/** The schema of a field by its name; undefined: nobody knows the field. */
export function schemaOfField(schema: Schema, field: string): Schema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, field)) return properties[field];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

const isEmptyNull = (schema: Schema, value: unknown): boolean => value === null && schema.nullable !== true;

function defaultFields(schema: Schema, value: JsonObject): void {
  for (const [field, { default: preset, nullable }] of Object.entries(schema.properties ?? {}))
    if (preset !== undefined && preset !== null && lacks(value, field, nullable))
      value[field] = structuredClone(preset);
  for (const field of Object.keys(value)) {
    const of = schemaOfField(schema, field);
    if (!of) continue;
    if (isEmptyNull(of, value[field])) value[field] = structuredClone(of.default ?? null);
    applyDefaults(of, value[field]);
  }
}

const lacks = (value: JsonObject, field: string, nullable: boolean | undefined): boolean =>
  !Object.hasOwn(value, field) || value[field] === undefined || (value[field] === null && nullable !== true);

function defaultItems({ items }: Schema, list: unknown[]): void {
  if (!items) return;
  list.forEach((item, index) => {
    if (isEmptyNull(items, item)) list[index] = structuredClone(items.default ?? null);
    applyDefaults(items, list[index]);
  });
}
