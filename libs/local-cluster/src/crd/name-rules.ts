import type { FieldError } from '../api-error.js';
import { tooManyBytes } from '../builtin/strategies/names.js';
import { invalidValue } from '../schema/field-errors.js';

const LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_RULE = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL}')`;

/** What a text breaks of the rules of a DNS label (RFC 1035). */
export const labelRules = (text: string): string[] => [
  ...tooManyBytes(text, 63),
  ...(new RegExp(`^${LABEL}$`).test(text) ? [] : [LABEL_RULE]),
];

/** One error for a field that is no label; an empty text is none of our business. */
export function labelErrors(field: string, text: string, prefix = ''): FieldError[] {
  const rules = text === '' ? [] : labelRules(prefix === '' ? text : text.toLowerCase());
  return rules.length === 0 ? [] : [invalidValue(field, text, `${prefix}${rules.join(',')}`)];
}

/** Kinds may have capitals. */
export const MIXED_CASE = 'may have mixed case, but should otherwise match: ';
