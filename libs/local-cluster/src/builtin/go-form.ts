import type { ApiObject } from '../api-object.js';
import { isObject } from '../clone.js';
import { fieldsOf, messageOfKind, type Field } from '../server/protobuf/index.js';

/**
 * Makes of a built-in kind's object what Go would write of it: nothing of what is null, or empty and then left out. A
 * list that is never left out is null, as `rules` of a Role.
 */
export function toGoForm(object: ApiObject): void {
  const message = messageOfKind(object.apiVersion, object.kind);
  if (message === undefined) return;
  const fields = object as unknown as Record<string, unknown>;
  tidy(fields, message);
  for (const { name, repeated, optional } of fieldsOf(message)?.values() ?? [])
    if (repeated && !optional && isNothing(fields[name])) fields[name] = null;
}

function tidy(object: Record<string, unknown>, message: string): void {
  const fields = fieldsOf(message);
  if (!fields) return;
  for (const [name, value] of Object.entries(object)) {
    const field = fields.get(name);
    if (!field) continue;
    if (value === null || (field.optional && isLeftOut(field, value))) delete object[name];
    else tidyValue(value, field);
  }
  for (const [name, { nullable }] of fields) if (nullable) object[name] ??= null;
}

function tidyValue(value: unknown, { type, map, repeated }: Field): void {
  if (repeated && Array.isArray(value)) return value.filter(isObject).forEach((item) => tidy(item, type));
  if (!isObject(value)) return;
  if (!map) return tidy(value, type);
  for (const [key, item] of Object.entries(value)) {
    if (isObject(item)) tidy(item, type);
    else if (item === null && type === 'string') value[key] = '';
  }
}

/** What Go has no list for. */
const isNothing = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

/** A struct is never left out, however empty it is. */
function isLeftOut({ map }: Field, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (map && isObject(value)) return Object.keys(value).length === 0;
  return value === '' || value === 0 || value === false;
}
