import { isJsonObject } from './json.js';

/** A value as Go's fmt prints it. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isJsonObject(value)) {
    const fields = Object.keys(value).sort();
    return `map[${fields.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}

/** The type of a JSON value in Go. */
export function goTypeOf(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (isJsonObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
