import type { FieldError } from '../../../api-error.js';
import { invalidValue, required } from '../../../schema/field-errors.js';
import { fieldsOf, numberOf, textOf, type Fields } from '../access.js';
import { idErrors } from '../shared-rules.js';
import { FILE_FIELDS, fieldRefErrors, resourceRefErrors } from './field-references.js';
import { localPathErrors } from './paths.js';

type Rule = (file: Fields, field: string) => FieldError[];

const needed = (file: Fields, field: string, name: string): FieldError[] =>
  file[name] ? [] : [required(`${field}.${name}`)];

/** Errors of a file's mode, told in octal as everybody writes it. */
export function modeErrors(mode: unknown, field: string, most = 0o777): FieldError[] {
  const bits = numberOf(mode) ?? 0;
  if (bits >= 0 && bits <= most) return [];
  return [invalidValue(field, mode, `must be a number between 0 and 0${most.toString(8)} (octal), both inclusive`)];
}

/** Errors of one of the `items` of a ConfigMap or Secret. */
export const itemErrors: Rule = (item, field) => [
  ...needed(item, field, 'key'),
  ...needed(item, field, 'path'),
  ...localPathErrors(textOf(item['path']), `${field}.path`),
  ...modeErrors(item['mode'], `${field}.mode`),
  ...idErrors(item, field, ['user']),
];

/** Errors of one of the files of a downward API. */
export const fileErrors: Rule = (file, field) => [
  ...needed(file, field, 'path'),
  ...localPathErrors(textOf(file['path']), `${field}.path`),
  ...contentErrors(file, field),
  ...modeErrors(file['mode'], `${field}.mode`),
  ...idErrors(file, field, ['user']),
];

function contentErrors({ fieldRef, resourceFieldRef }: Fields, field: string): FieldError[] {
  const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
  if (fieldRef != null)
    return [
      ...fieldRefErrors(fieldsOf(fieldRef), `${field}.fieldRef`, FILE_FIELDS),
      ...(resourceFieldRef == null ? [] : [invalidValue(field, 'resource', detail)]),
    ];
  if (resourceFieldRef != null) return resourceRefErrors(fieldsOf(resourceFieldRef), `${field}.resourceFieldRef`, true);
  return [required(field, 'one of fieldRef and resourceFieldRef is required')];
}
