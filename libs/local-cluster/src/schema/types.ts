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

const NUMBER_FORMATS: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

/** The format where the API server knows it for the schema's type. */
export function formatOf({ type = 'string', format = '' }: Schema): string | undefined {
  const numeric = NUMBER_FORMATS[type];
  if (numeric) return numeric.includes(format) ? format : undefined;
  return type === 'string' && format !== '' && formatCheck(format) ? format : undefined;
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
  if (types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number')))
    return new Findings([], 1);
  if (format === undefined) return wrongType(path, types.join(','), type);
  if (type !== 'string' && type !== 'array') return wrongType(path, format, of);
  return schema.type === 'string' ? new Findings([], 1) : wrongType(path, types.join(','), type);
}

const wrongType = (path: string, expected: string, got: string): Findings =>
  new Findings([
    typeInvalid(path.replace(/^\./, ''), got, `${path} in body must be of type ${expected}: ${JSON.stringify(got)}`),
  ]);
