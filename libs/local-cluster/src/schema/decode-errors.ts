import { schemaOfField } from './defaults.js';
import { shown } from './field-errors.js';
import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import { OBJECT_META } from './object-meta.js';
import type { Schema } from './schema.js';
import { specialDecoder } from './special-decoders.js';
import { childPath } from './validate-lists.js';

/** Where the decoder stands in a Go struct: its name, and the fields from the root that led here. */
interface Position {
  readonly struct: string;
  readonly fields: readonly string[];
}

/**
 * Why Go could not decode a built-in kind's object, or undefined; only the first is told, e.g.
 * `json: cannot unmarshal string into Go struct field JobSpec.spec.parallelism of type int32`.
 */
export const decodeErrors = (schema: Schema, object: unknown): string | undefined =>
  decodeError(schema, object, { struct: '', fields: [] });

/** The same for a CRD's object: only its metadata, and what embedded objects are, is decoded. */
export function decodeCustomErrors(schema: Schema, object: JsonObject): string | undefined {
  const { metadata, ...rest } = object;
  return decodeError(OBJECT_META, metadata, { struct: '', fields: [] }) ?? embeddedError(schema, rest, '');
}

function embeddedError(schema: Schema, value: unknown, path: string): string | undefined {
  const { items } = schema;
  if (Array.isArray(value))
    return items && firstOf([...value.entries()], ([index, item]) => embeddedError(items, item, `${path}[${index}]`));
  if (!isJsonObject(value)) return undefined;
  const own = path !== '' && schema['x-kubernetes-embedded-resource'] === true ? metaError(value, path) : undefined;
  return (
    own ??
    firstOf(Object.entries(value), ([field, content]) => {
      const of = schemaOfField(schema, field);
      return of && embeddedError(of, content, childPath(schema, path, field));
    })
  );
}

function metaError({ apiVersion = '', kind = '', metadata }: JsonObject, path: string): string | undefined {
  const odd = Object.entries({ apiVersion, kind }).find(([, value]) => typeof value !== 'string');
  if (odd) return `${path}.${odd[0]}: Invalid value: ${shown(odd[1])}: must be a string`;
  const error = decodeError(OBJECT_META, metadata, { struct: '', fields: [] });
  return error && `${path}.metadata: Invalid value: ${shown(metadata)}: ${error}`;
}

function decodeError(schema: Schema, value: unknown, at: Position): string | undefined {
  if (value === null || value === undefined) return undefined;
  const special = specialDecoder(schema);
  if (special) return special(value, (type) => mismatch(value, at, type));
  const type = schema.type;
  if (type === undefined || schema['x-kubernetes-preserve-unknown-fields'] === true) return undefined;
  if (!fits(schema, value)) return mismatch(value, at, goType(schema));
  if (Array.isArray(value)) return firstOf(value, (item) => schema.items && decodeError(schema.items, item, at));
  return isJsonObject(value) ? decodeFields(schema, value, at) : undefined;
}

const firstOf = <T>(list: readonly T[], check: (item: T) => string | undefined): string | undefined => {
  for (const item of list) {
    const error = check(item);
    if (error !== undefined) return error;
  }
  return undefined;
};

const decodeFields = (schema: Schema, object: JsonObject, at: Position): string | undefined =>
  firstOf(Object.entries(object), ([field, value]) => {
    const of = schemaOfField(schema, field);
    return of && decodeError(of, value, isMap(schema) ? at : inside(schema, field, at));
  });

const isMap = ({ properties }: Schema): boolean => properties === undefined;

const inside = (schema: Schema, field: string, { fields }: Position): Position => ({
  struct: (schema['x-go-type'] ?? '').replace(/^.*\./, ''),
  fields: [...fields, ...inlined(schema['x-go-type'], field), field],
});

/** Structs of Go that stand in others without a name in JSON; errors name them all the same. */
const INLINED: readonly (readonly [struct: RegExp, fields: RegExp, inlined: string])[] = [
  [/^v1\.Probe$/, /^(exec|httpGet|tcpSocket|grpc)$/, 'ProbeHandler'],
  [/^v1\.Volume$/, /^(?!name$)/, 'VolumeSource'],
  [/^v1\.EphemeralContainer$/, /^(?!targetContainerName$)/, 'EphemeralContainerCommon'],
  [
    /^v1\.(Secret|ConfigMap)(KeySelector|EnvSource|Projection)$|^v1\.ConfigMapVolumeSource$/,
    /^name$/,
    'LocalObjectReference',
  ],
];

const inlined = (struct = '', field: string): string[] =>
  INLINED.filter(([of, fields]) => of.test(struct) && fields.test(field)).map(([, , name]) => name);

const JSON_TYPES: Readonly<Record<string, (value: unknown, schema: Schema) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value, { format }) => typeof value === 'number' && isWithin(value, format),
  array: (value) => Array.isArray(value),
  object: isJsonObject,
};

const isWithin = (value: number, format: string | undefined): boolean =>
  Number.isInteger(value) && (format === 'int32' ? value >= -(2 ** 31) && value < 2 ** 31 : Math.abs(value) < 2 ** 63);

const fits = (schema: Schema, value: unknown): boolean => JSON_TYPES[schema.type ?? '']?.(value, schema) ?? true;

function mismatch(value: unknown, { struct, fields }: Position, type: string): string {
  const given = typeof value === 'number' ? numberText(value, type) : jsonType(value);
  if (fields.length === 0) return `json: cannot unmarshal ${given} into Go value of type ${type}`;
  return `json: cannot unmarshal ${given} into Go struct field ${struct}.${fields.join('.')} of type ${type}`;
}

const numberText = (value: number, type: string): string => (/^u?int/.test(type) ? `number ${value}` : 'number');

const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

const SCALARS: Readonly<Record<string, string>> = { string: 'string', boolean: 'bool', number: 'float64' };

/** Go's type of what a schema describes. */
function goType(schema: Schema): string {
  const { type = '', format, items, additionalProperties } = schema;
  const scalar = SCALARS[type];
  if (scalar !== undefined) return scalar;
  if (type === 'integer') return format === 'int32' ? 'int32' : 'int64';
  if (type === 'array') return `[]${items ? goType(items) : 'interface {}'}`;
  if (typeof additionalProperties === 'object') return `map[string]${goType(additionalProperties)}`;
  return schema['x-go-type'] ?? 'map[string]interface {}';
}
