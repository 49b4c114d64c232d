import type { FieldError } from '../api-error.js';

/** Texts of k8s.io/apimachinery/pkg/util/validation/field; a field of '' is the object itself, which Go calls `<nil>`. */
const at = (field: string): string => (field === '' ? '<nil>' : field);

/** A value as field errors show it: numbers bare, texts quoted, everything else as JSON. */
export const shown = (value: unknown): string => JSON.stringify(value) ?? 'null';

const withDetail = (text: string, detail: string): string => (detail === '' ? text : `${text}: ${detail}`);

export const required = (field: string, detail = ''): FieldError => ({
  type: 'FieldValueRequired',
  field: at(field),
  message: withDetail('Required value', detail),
});

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: at(field),
  message: withDetail(`Invalid value: ${shown(value)}`, detail),
});

export const typeInvalid = (field: string, value: unknown, detail: string): FieldError => ({
  ...invalidValue(field, value, detail),
  type: 'FieldValueTypeInvalid',
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: 'FieldValueForbidden',
  field: at(field),
  message: withDetail('Forbidden', detail),
});

export const duplicate = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueDuplicate',
  field: at(field),
  message: `Duplicate value: ${shown(value)}`,
});

/** `supported` is told as it is given: the real server sorts some lists and others not. */
export const notSupported = (field: string, value: unknown, supported: readonly unknown[]): FieldError => ({
  type: 'FieldValueNotSupported',
  field: at(field),
  message: withDetail(
    `Unsupported value: ${shown(value)}`,
    supported.length === 0 ? '' : `supported values: ${supported.map(quoted).join(', ')}`,
  ),
});

const quoted = (value: unknown): string => JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));

export const notFoundValue = (field: string, value: unknown): FieldError => ({
  type: 'FieldValueNotFound',
  field: at(field),
  message: `Not found: ${shown(value)}`,
});

/** One error for each thing that is wrong with a value. */
export const invalidFor = (field: string, value: unknown, faults: readonly string[]): FieldError[] =>
  faults.map((fault) => invalidValue(field, value, fault));

/** An error that shows no value. */
export const wrong = (field: string, detail: string): FieldError => ({
  type: 'FieldValueInvalid',
  field: at(field),
  message: `Invalid value: ${detail}`,
});

export const IMMUTABLE = 'field is immutable';

export const tooLong = (field: string, most: number): FieldError => ({
  type: 'FieldValueTooLong',
  field: at(field),
  message: `Too long: may not be more than ${most} ${most === 1 ? 'byte' : 'bytes'}`,
});

export const tooMany = (field: string, count: number, most: number): FieldError => ({
  type: 'FieldValueTooMany',
  field: at(field),
  message: `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`,
});

/** An error told of a part of an object, as one of the whole. */
export function below(path: string, error: FieldError): FieldError {
  if (error.field === at('')) return { ...error, field: path };
  return { ...error, field: error.field.startsWith('[') ? `${path}${error.field}` : `${path}.${error.field}` };
}
