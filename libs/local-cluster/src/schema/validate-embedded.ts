import type { FieldError } from '../api-error.js';
import { schemaOfField } from './defaults.js';
import { invalidValue, required } from './field-errors.js';
import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import type { Schema } from './schema.js';
import { childPath } from './validate-lists.js';

const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** Objects in an object (`x-kubernetes-embedded-resource`) have an apiVersion and a kind that could be ones. */
export function validateEmbedded(schema: Schema, value: unknown, path = ''): FieldError[] {
  const { items } = schema;
  if (Array.isArray(value))
    return items ? value.flatMap((item, index) => validateEmbedded(items, item, `${path}[${index}]`)) : [];
  if (!isJsonObject(value)) return [];
  const own = schema['x-kubernetes-embedded-resource'] === true && path !== '' ? typeErrors(value, path) : [];
  const inside = Object.entries(value).flatMap(([field, content]) => {
    const of = schemaOfField(schema, field);
    return of ? validateEmbedded(of, content, childPath(schema, path, field)) : [];
  });
  return [...own, ...inside];
}

function typeErrors(object: JsonObject, path: string): FieldError[] {
  const missing = ['apiVersion', 'kind'].filter((field) => !Object.hasOwn(object, field));
  return [
    ...missing.map((field) => required(`${path}.${field}`)),
    ...textErrors(object, `${path}.apiVersion`, 'apiVersion', apiVersionError),
    ...textErrors(object, `${path}.kind`, 'kind', kindError),
  ];
}

function textErrors(
  object: JsonObject,
  path: string,
  field: string,
  check: (text: string) => string | undefined,
): FieldError[] {
  if (!Object.hasOwn(object, field)) return [];
  const value = object[field];
  if (typeof value !== 'string') return [invalidValue(path, value, 'must be a string')];
  const wrong = value === '' ? 'must not be empty' : check(value);
  return wrong === undefined ? [] : [invalidValue(path, value, wrong)];
}

const apiVersionError = (text: string): string | undefined =>
  text.split('/').length > 2 ? `unexpected GroupVersion string: ${text}` : undefined;

function kindError(text: string): string | undefined {
  const lower = text.toLowerCase();
  const wrong = [
    ...(lower.length > 63 ? ['must be no more than 63 bytes'] : []),
    ...(LABEL.test(lower) ? [] : [LABEL_RULE]),
  ];
  return wrong.length === 0 ? undefined : `may have mixed case, but should otherwise match: ${wrong.join(',')}`;
}
