import { schemaOfField } from './defaults.js';
import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import { emptyNulls, isObjectMeta, tidyMetadata } from './object-meta.js';
import type { Schema } from './schema.js';

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/**
 * Removes what the schema does not know, in place: unknown fields, and nulls that are no values and have no default.
 * Returns the unknown fields' paths in the object's order, e.g. `spec.template.spec.foo`, `spec.items[2].bar`.
 */
export function prune(schema: Schema, object: unknown): string[] {
  const unknown: string[] = [];
  pruneValue(schema, object, { path: '', unknown });
  return unknown;
}

interface Place {
  readonly path: string;
  readonly unknown: string[];
}

const inField = ({ path, unknown }: Place, field: string): Place => ({
  path: path === '' ? field : `${path}.${field}`,
  unknown,
});

function pruneValue(schema: Schema | undefined, value: unknown, place: Place): void {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    value.forEach((item, index) => pruneValue(items, item, { ...place, path: `${place.path}[${index}]` }));
  } else if (isJsonObject(value)) {
    const isMeta = schema !== undefined && isObjectMeta(schema);
    if (isMeta) emptyNulls(value);
    pruneFields(schema, value, place);
    if (isMeta) tidyMetadata(value);
  }
}

/** What keeps unknown fields keeps whole items too. */
const itemsOf = (schema: Schema | undefined): Schema | undefined =>
  schema?.items ?? (schema && keepsUnknown(schema) ? { 'x-kubernetes-preserve-unknown-fields': true } : undefined);

function pruneFields(schema: Schema | undefined, value: JsonObject, place: Place): void {
  for (const field of Object.keys(value)) {
    const of = schema && schemaOfField(schema, field);
    if (of) pruneField(of, value, field, place);
    else if (!schema || !(keepsUnknown(schema) || isMetaOfEmbedded(schema, field))) drop(value, field, place);
  }
}

function pruneField(schema: Schema, value: JsonObject, field: string, place: Place): void {
  const content = value[field];
  if (content === null && schema.nullable !== true && (schema.default ?? null) === null) delete value[field];
  else pruneValue(schema, content, inField(place, field));
}

function drop(value: JsonObject, field: string, place: Place): void {
  place.unknown.push(inField(place, field).path);
  delete value[field];
}

const isMetaOfEmbedded = (schema: Schema, field: string): boolean =>
  schema['x-kubernetes-embedded-resource'] === true && META_FIELDS.has(field);

/** Nothing at all is known of a schema without a type (any JSON, as a CRD's `default`). */
const keepsUnknown = (schema: Schema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true ||
  schema.additionalProperties === true ||
  (schema.type === undefined && !schema.properties && !schema.additionalProperties);
