import type { FieldError } from '../../api-error.js';
import { textOf, type Fields } from './access.js';
import { duplicate, invalidFor, invalidValue, required } from '../../schema/field-errors.js';
import { labelFaults } from './names.js';

/** A list's element has a name that is a DNS label. */
export const nameErrors = ({ name }: Fields, field: string): FieldError[] =>
  name ? invalidFor(`${field}.name`, name, labelFaults(textOf(name))) : [required(`${field}.name`)];

/** No two elements have one name. */
export const duplicateErrors = (items: readonly Fields[], field: string): FieldError[] =>
  items.flatMap(({ name }, index) =>
    name && items.findIndex((item) => item['name'] === name) < index
      ? [duplicate(`${field}[${index}].name`, name)]
      : [],
  );

/** Fields that count something. */
export const countErrors = (object: Fields, field: string, names: readonly string[]): FieldError[] =>
  names.flatMap((name) => {
    const value = object[name];
    const isNegative = typeof value === 'number' && value < 0;
    return isNegative ? [invalidValue(`${field}.${name}`, value, 'must be greater than or equal to 0')] : [];
  });
