import { OBJECT_META } from '../schema/object-meta.js';
import type { Schema } from '../schema/schema.js';

const TEXT: Schema = { type: 'string' };
const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** What `kubectl explain` says of the fields of every object, whatever the CRD says. */
const OF_OBJECT = {
  apiVersion: `APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: ${CONVENTIONS}#resources`,
  kind: `Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
  metadata: `Standard object's metadata. More info: ${CONVENTIONS}#metadata`,
} as const;

/** The same of objects in objects. */
const OF_EMBEDDED = {
  apiVersion: `apiVersion defines the versioned schema of this representation of an object. More info: ${CONVENTIONS}#resources`,
  kind: `kind is a string value representing the type of this object. In CamelCase. More info: ${CONVENTIONS}#types-kinds`,
  metadata: OF_OBJECT.metadata,
} as const;

/** A CRD's schema with what every object has: apiVersion, kind and metadata, in embedded objects too. */
export const customSchema = (schema: Schema | undefined): Schema =>
  withObjectFields(embedded(schema ?? KEEP_ALL), OF_OBJECT);

const KEEP_ALL: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function withObjectFields(schema: Schema, texts: Readonly<Record<keyof typeof OF_OBJECT, string>>): Schema {
  const { properties = {} } = schema;
  const { apiVersion = TEXT, kind = TEXT, metadata } = properties;
  const objectFields = {
    apiVersion: { ...apiVersion, description: texts.apiVersion },
    kind: { ...kind, description: texts.kind },
    metadata: { ...objectMeta(metadata), description: texts.metadata },
  };
  return { ...schema, properties: { ...properties, ...objectFields } };
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
  return schema['x-kubernetes-embedded-resource'] === true ? withObjectFields(inside, OF_EMBEDDED) : inside;
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
