import type { FieldError } from '../api-error.js';
import { invalidValue } from '../schema/field-errors.js';

const LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const LABEL_RULE = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL}')`;
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const SUBDOMAIN_RULE = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

const broken = (text: string, most: number, pattern: string, rule: string): string[] => [
  ...(Buffer.byteLength(text) > most ? [`must be no more than ${most} bytes`] : []),
  ...(new RegExp(`^${pattern}$`).test(text) ? [] : [rule]),
];

/** What a text breaks of the rules of a DNS label (RFC 1035). */
export const labelRules = (text: string): string[] => broken(text, 63, LABEL, LABEL_RULE);

/** What a text breaks of the rules of a DNS subdomain (RFC 1123). */
export const subdomainRules = (text: string): string[] => broken(text, 253, SUBDOMAIN, SUBDOMAIN_RULE);

/** One error for a field that is no label; an empty text is none of our business. */
export function labelErrors(field: string, text: string, prefix = ''): FieldError[] {
  const rules = text === '' ? [] : labelRules(prefix === '' ? text : text.toLowerCase());
  return rules.length === 0 ? [] : [invalidValue(field, text, `${prefix}${rules.join(',')}`)];
}

/** Kinds may have capitals. */
export const MIXED_CASE = 'may have mixed case, but should otherwise match: ';
