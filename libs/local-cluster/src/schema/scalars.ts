import { invalidValue, tooLong, typeInvalid } from './field-errors.js';
import type { Findings } from './findings.js';
import { formatCheck } from './formats.js';
import { goRegExp } from './go-regexp.js';
import type { Schema } from './schema.js';
import { formatOf } from './types.js';

const named = (path: string): string => path.replace(/^\./, '');
const lengthOf = (text: string): number => Array.from(text).length;

/** Bounds of a text, then its format. */
export function checkString(schema: Schema, text: string, path: string, found: Findings): void {
  checkText(schema, text, path, found);
  found.count();
  const format = formatOf(schema);
  if (format === undefined || schema.type === 'integer' || schema.type === 'number') return;
  found.count();
  if (formatCheck(format)?.(text) === false)
    found.add(typeInvalid(named(path), text, `${path} in body must be of type ${format}: ${JSON.stringify(text)}`));
}

function checkText(
  { minLength = 0, maxLength = Infinity, pattern }: Schema,
  text: string,
  path: string,
  found: Findings,
): void {
  const length = lengthOf(text);
  if (length > maxLength) return found.add(tooLong(named(path), maxLength));
  if (length < minLength)
    return found.add(invalidValue(named(path), text, `${path} in body should be at least ${minLength} chars long`));
  if (pattern !== undefined && pattern !== '' && !goRegExp(pattern).test(text))
    found.add(invalidValue(named(path), text, `${path} in body should match '${pattern}'`));
}

/** Bounds of a number, and whether its format can hold it. */
export function checkNumber(schema: Schema, value: number, path: string, found: Findings): void {
  found.count();
  if (!isInRange(schema, value)) found.add(invalidValue('', '', outOfRange(schema, path)));
  for (const text of multipleError(schema, value, path)) found.add(invalidValue(named(path), value, text));
  for (const bound of brokenBounds(schema, value))
    found.add(invalidValue(named(path), value, `${path} in body should be ${bound}`));
  found.count();
}

/** A whole number is compared with whole bounds: Go cuts their fractions off. */
function brokenBounds(schema: Schema, value: number): string[] {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMaximum = false, exclusiveMinimum = false } = schema;
  const cut = Number.isInteger(value) ? Math.trunc : Number;
  return [...lowerBound(value, cut(minimum), exclusiveMinimum), ...upperBound(value, cut(maximum), exclusiveMaximum)];
}

function multipleError({ multipleOf }: Schema, value: number, path: string): string[] {
  if (multipleOf === undefined) return [];
  const factor = Number.isInteger(value) ? Math.trunc(multipleOf) : multipleOf;
  if (factor <= 0) return [`factor MultipleOf declared for ${path} must be positive: ${factor}`];
  return isMultiple(value, factor) ? [] : [`${path} in body should be a multiple of ${factor}`];
}

function lowerBound(value: number, bound: number, exclusive: boolean): string[] {
  if (exclusive) return value <= bound ? [`greater than ${bound}`] : [];
  return value < bound ? [`greater than or equal to ${bound}`] : [];
}

function upperBound(value: number, bound: number, exclusive: boolean): string[] {
  if (exclusive) return value >= bound ? [`less than ${bound}`] : [];
  return value > bound ? [`less than or equal to ${bound}`] : [];
}

const isMultiple = (value: number, of: number): boolean => Number.isInteger(of < 1 ? (1 / of) * value : value / of);

function isInRange({ type, format }: Schema, value: number): boolean {
  if (type === 'integer') {
    if (!Number.isInteger(value)) return false;
    return format === 'int32' ? value >= -(2 ** 31) && value < 2 ** 31 : Math.abs(value) <= 2 ** 63;
  }
  return type !== 'number' || format !== 'float' || Math.abs(value) <= 3.4028234663852886e38;
}

const outOfRange = (schema: Schema, path: string): string => {
  const format = formatOf(schema);
  const how = format === undefined ? '(default format)' : `with format ${format}`;
  return `Checked value must be of type ${schema.type} ${how} in ${path}`;
};
