import { OBJECT_META } from '../schema/object-meta.js';
import type { Schema } from '../schema/schema.js';

const TEXT: Schema = { type: 'string' };

/** A CRD's schema with what every object has: apiVersion, kind and metadata, in embedded objects too. */
export const customSchema = (schema: Schema | undefined): Schema => withObjectFields(embedded(schema ?? KEEP_ALL));

const KEEP_ALL: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function withObjectFields(schema: Schema): Schema {
  const { properties = {} } = schema;
  const { apiVersion = TEXT, kind = TEXT, metadata } = properties;
  return { ...schema, properties: { ...properties, apiVersion, kind, metadata: objectMeta(metadata) } };
}

/** What a CRD says of names holds beside what all metadata is. */
function objectMeta(own: Schema | undefined): Schema {
  const properties: Record<string, Schema> = { ...OBJECT_META.properties };
  for (const [field, schema] of Object.entries(own?.properties ?? {}))
    properties[field] = { ...properties[field], ...schema };
  return { ...own, ...OBJECT_META, properties };
}

function embedded(schema: Schema): Schema {
  const { properties, additionalProperties, items } = schema;
  const inside: Schema = {
    ...schema,
    ...(properties && { properties: mapped(properties, embedded) }),
    ...(typeof additionalProperties === 'object' && { additionalProperties: embedded(additionalProperties) }),
    ...(items && { items: embedded(items) }),
  };
  return schema['x-kubernetes-embedded-resource'] === true ? withObjectFields(inside) : inside;
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
