import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { fieldsOf, textOf } from './access.js';
import { invalidFor, invalidValue, forbiddenField, tooLong } from '../../schema/field-errors.js';
import { configKeyFaults } from './names.js';

export const MAX_DATA_BYTES = 1024 * 1024;

/** How many bytes a base64 text stands for. */
export const decodedBytes = (value: unknown): number => Buffer.byteLength(textOf(value), 'base64');

/** Errors of the keys of a map that stands at `field`. */
export const keyErrors = (data: unknown, field: string): FieldError[] =>
  Object.keys(fieldsOf(data)).flatMap((key) => invalidFor(`${field}[${key}]`, key, configKeyFaults(key)));

export function validateConfigMap(map: ApiObject): FieldError[] {
  const data = fieldsOf(map['data']);
  const binary = fieldsOf(map['binaryData']);
  const twice = Object.keys(data).filter((key) => binary[key] !== undefined);
  const bytes =
    Object.values(data).reduce((sum: number, text) => sum + Buffer.byteLength(textOf(text)), 0) +
    Object.values(binary).reduce((sum: number, text) => sum + decodedBytes(text), 0);
  return [
    ...keyErrors(data, 'data'),
    ...twice.map((key) => invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(binary, 'binaryData'),
    ...(bytes > MAX_DATA_BYTES ? [tooLong('', MAX_DATA_BYTES)] : []),
  ];
}

export const validateConfigMapUpdate = (map: ApiObject, old: ApiObject): FieldError[] =>
  lockedErrors(map, old, ['data', 'binaryData']);

/** What an object says that was made immutable may not change. */
export function lockedErrors(object: ApiObject, old: ApiObject, fields: readonly string[]): FieldError[] {
  if (old['immutable'] !== true) return [];
  const detail = 'field is immutable when `immutable` is set';
  const changed = fields.filter((field) => !isDeepStrictEqual(object[field], old[field]));
  const names = object['immutable'] === true ? changed : ['immutable', ...changed];
  return names.map((field) => forbiddenField(field, detail));
}
