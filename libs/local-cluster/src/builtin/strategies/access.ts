/** JSON of which nothing is known yet. */
export type Fields = { [field: string]: unknown };

/** The object, or an empty one that is not part of anything: for reading. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The elements that are objects; empty for everything but a list. */
export const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

export const hasFields = (value: unknown): boolean => Object.keys(fieldsOf(value)).length > 0;

/** Sets fields that are absent or null, in place. */
export function fill(object: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) object[name] ??= value;
}

/** Sets fields that Go holds as plain values, where absent, empty and zero are one. */
export function fillEmpty(object: Fields, defaults: Fields): void {
  for (const [name, value] of Object.entries(defaults)) if (!object[name]) object[name] = value;
}

/** The object under a field, made if it is not there: for writing. */
export function childOf(object: Fields, field: string): Fields {
  const child = object[field];
  if (typeof child === 'object' && child !== null) return child as Fields;
  const made: Fields = {};
  object[field] = made;
  return made;
}
