import type { CelInput } from '@bufbuild/cel';
import { celList, celMap } from '@bufbuild/cel';
import { create } from '@bufbuild/protobuf';
import type { Duration, Timestamp } from '@bufbuild/protobuf/wkt';
import { DurationSchema, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { isObjectMeta } from '../object-meta.js';
import { isJsonObject } from '../json.js';
import type { JsonObject } from '../json.js';
import type { Schema } from '../schema.js';
import { parseGoDuration } from './go-duration.js';

/** What a rule may see of any object's metadata. */
const METADATA: readonly string[] = ['name', 'generateName'];

/** Words that a rule cannot write as a field's name. */
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** A field's name as rules write it: `namespace` is `__namespace__`, `a-b` is `a__dash__b`. */
function escapedName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/** A JSON value as CEL sees it: integers, times and bytes by their schema, fields under their escaped names. */
export function celValue(schema: Schema | undefined, value: unknown): CelInput {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return celList(value.map((item) => celValue(schema?.items, item)));
  if (isJsonObject(value)) return celObject(schema, value);
  if (typeof value === 'number') return celNumber(schema, value);
  return typeof value === 'string' ? celText(schema, value) : value === true;
}

const celNumber = (schema: Schema | undefined, value: number): CelInput =>
  schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);

const TEXTS: Readonly<Record<string, (text: string) => CelInput>> = {
  byte: (text) => new Uint8Array(Buffer.from(text, 'base64')),
  date: (text) => time(`${text}T00:00:00Z`) ?? text,
  'date-time': (text) => time(text) ?? text,
  datetime: (text) => time(text) ?? text,
  duration: (text) => duration(text) ?? text,
};

const celText = (schema: Schema | undefined, text: string): CelInput => TEXTS[schema?.format ?? '']?.(text) ?? text;

function time(text: string): Timestamp | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : timestampFromDate(date);
}

function duration(text: string): Duration | undefined {
  const nanos = parseGoDuration(text);
  if (nanos === undefined) return undefined;
  return create(DurationSchema, { seconds: nanos / 1_000_000_000n, nanos: Number(nanos % 1_000_000_000n) });
}

function celObject(schema: Schema | undefined, object: JsonObject): CelInput {
  const fields = new Map<string, CelInput>();
  const { properties, additionalProperties } = schema ?? {};
  const of = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const names = schema && isObjectMeta(schema) ? METADATA.filter((name) => name in object) : Object.keys(object);
  for (const name of names)
    fields.set(properties ? escapedName(name) : name, celValue(properties?.[name] ?? of, object[name]));
  return celMap(fields);
}
