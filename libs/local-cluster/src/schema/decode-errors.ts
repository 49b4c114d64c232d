import { schemaOfField } from './defaults.js';
import { shown } from './field-errors.js';
import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import { OBJECT_META } from './object-meta.js';
import type { Schema } from './schema.js';
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
  const special = specialFormat(schema);
  if (special) return special(value, at);
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
  fields: [...fields, field],
});

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

type Decoder = (value: unknown, at: Position) => string | undefined;

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const QUANTITY_RULE = `quantities must match the regular expression '${QUANTITY.source}'`;
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)/;
const SUFFIX = /^(n|u|m||k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)$/;

/** Types of Go that decode themselves. */
function specialFormat(schema: Schema): Decoder | undefined {
  const { format } = schema;
  if (format === 'date-time' && schema.type === 'string') return decodeTime;
  if (format === 'byte' && schema.type === 'string') return decodeBytes;
  if (format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true) return decodeIntOrString;
  return format === 'quantity' ? decodeQuantity : undefined;
}

function decodeQuantity(value: unknown): string | undefined {
  if (typeof value === 'number') return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (text === '') return "unable to parse quantity's suffix";
  const [, number = ''] = DECIMAL.exec(text) ? [text, DECIMAL.exec(text)?.[0]] : [];
  if (number === '') return QUANTITY_RULE;
  if (SUFFIX.test(text.slice(number.length))) return undefined;
  return QUANTITY.test(text) ? "unable to parse quantity's suffix" : QUANTITY_RULE;
}

function decodeIntOrString(value: unknown, at: Position): string | undefined {
  if (typeof value === 'string' || (typeof value === 'number' && isWithin(value, 'int32'))) return undefined;
  return mismatch(value, { struct: at.struct, fields: [] }, 'int32');
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const LAYOUT = '2006-01-02T15:04:05Z07:00';

function decodeTime(value: unknown): string | undefined {
  if (typeof value !== 'string') return mismatch(value, { struct: '', fields: [] }, 'string');
  if (TIME.test(value) && !Number.isNaN(Date.parse(value))) return undefined;
  return timeError(value);
}

const PARTS: readonly (readonly [pattern: RegExp, layout: string])[] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/, 'T'],
  [/^\d{2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
  [/^\d{2}(\.\d+)?/, '05'],
  [/^(Z|[+-]\d{2}:\d{2})/, 'Z07:00'],
];

/** In the words of Go's time.Parse. */
function timeError(text: string): string {
  const said = `parsing time ${JSON.stringify(text)} as ${JSON.stringify(LAYOUT)}`;
  let rest = text;
  for (const [pattern, layout] of PARTS) {
    const [found] = pattern.exec(rest) ?? [];
    if (found === undefined) return `${said}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layout)}`;
    rest = rest.slice(found.length);
  }
  if (rest !== '') return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`;
  return `parsing time ${JSON.stringify(text)}: day out of range`;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBytes(value: unknown, at: Position): string | undefined {
  if (typeof value !== 'string') return mismatch(value, at, '[]uint8');
  const text = value.replace(/[\r\n]/g, '');
  if (BASE64.test(text)) return undefined;
  const odd = text.search(/[^A-Za-z0-9+/]/);
  return `illegal base64 data at input byte ${odd < 0 ? text.length - (text.length % 4) : odd}`;
}
