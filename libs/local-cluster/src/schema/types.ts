import { typeInvalid } from './field-errors.js';
import { Findings } from './findings.js';
import { formatCheck } from './formats.js';
import type { Schema } from './schema.js';

/** What a value may be; empty: anything. */
export const typesOf = (schema: Schema): readonly string[] =>
  schema['x-kubernetes-int-or-string'] === true
    ? ['integer', 'string']
    : schema.type === undefined
      ? []
      : [schema.type];

/** The format where the API server knows it for the schema's type. */
export function formatOf({ type, format }: Schema): string | undefined {
  if (format === undefined || format === '') return undefined;
  if (type === 'integer') return format === 'int32' || format === 'int64' ? format : undefined;
  if (type === 'number') return format === 'float' || format === 'double' ? format : undefined;
  return (type === undefined || type === 'string') && formatCheck(format) ? format : undefined;
}

const SAFE = 2 ** 63;

/** A value's JSON type and Go's format of it. */
function kindOf(value: unknown): readonly [type: string, format: string] {
  if (Array.isArray(value)) return ['array', ''];
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < SAFE ? ['integer', 'int64'] : ['number', 'float64'];
  return [typeof value, ''];
}

/** The type check of kube-openapi, with its own ideas of formats. */
export function checkType(schema: Schema, value: unknown, path: string): Findings {
  const types = typesOf(schema);
  const format = formatOf(schema);
  const [type, of] = kindOf(value);
  const fits = types.includes(type) || (type === 'integer' && types.includes('number'));
  const isList = type === 'string' || type === 'array';
  if (format !== undefined && !isList && !fits) return wrongType(path, format, of);
  const isNumeric = types.includes('number') || types.includes('integer');
  if (fits || types.length === 0 || (format !== undefined && isList && !isNumeric)) return new Findings([], 1);
  return wrongType(path, types.join(','), type);
}

const wrongType = (path: string, expected: string, got: string): Findings =>
  new Findings([
    typeInvalid(path.replace(/^\./, ''), got, `${path} in body must be of type ${expected}: ${JSON.stringify(got)}`),
  ]);
