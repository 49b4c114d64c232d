import { isObject } from '../clone.js';

/**
 * One step of a field path as fieldsV1 writes it: `f:name` a field, `k:{…}` the item of a list with these keys,
 * `v:…` the value of a set, `i:0` an index. https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export type PathElement = `${'f' | 'k' | 'v' | 'i'}:${string}`;

export const fieldElement = (name: string): PathElement => `f:${name}`;
export const valueElement = (value: unknown): PathElement => `v:${goJson(value)}`;
export const keyElement = (keys: Readonly<Record<string, unknown>>): PathElement => `k:${goJson(keys)}`;

/** The element in its only spelling; `undefined` for what a later version may know. Throws on bad JSON. */
export function parseElement(text: string): PathElement | undefined {
  const rest = text.slice(2);
  switch (text.slice(0, 2)) {
    case 'f:':
      return fieldElement(rest);
    case 'k:':
      return keyElement(JSON.parse(rest) as Record<string, unknown>);
    case 'v:':
      return valueElement(JSON.parse(rest));
    case 'i:':
      return `i:${Number.parseInt(rest, 10)}`;
  }
  if (text.charAt(1) !== ':') throw new SyntaxError(`missing colon: ${text}`);
  return undefined;
}

/** As people read it: `.name`, `[name="web"]`, `[="a"]`, `[0]`. */
export function printElement(element: PathElement): string {
  const rest = element.slice(2);
  switch (element.charAt(0)) {
    case 'f':
      return `.${rest}`;
    case 'k':
      return `[${keysOf(rest)
        .map(([name, value]) => `${name}=${goJson(value)}`)
        .join(',')}]`;
    case 'v':
      return `[=${goJson(JSON.parse(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

const RANK = 'fkvi';

/** The order of fieldsV1: fields, keyed items, values, indices. */
export function compareElements(a: PathElement, b: PathElement): number {
  const rank = RANK.indexOf(a.charAt(0)) - RANK.indexOf(b.charAt(0));
  if (rank !== 0 || a === b) return rank;
  if (a.startsWith('f')) return compareText(a, b);
  if (a.startsWith('k')) return compareKeys(keysOf(a.slice(2)), keysOf(b.slice(2)));
  return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
}

type Keys = readonly (readonly [string, unknown])[];

const keysOf = (json: string): Keys => Object.entries(JSON.parse(json) as object).sort(([a], [b]) => compareText(a, b));

function compareKeys(a: Keys, b: Keys): number {
  for (const [index, [name, value]] of a.entries()) {
    const other = b[index];
    if (!other) return 1;
    const order = compareText(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareValues(a: unknown, b: unknown): number {
  const kind = KINDS.indexOf(typeof a) - KINDS.indexOf(typeof b);
  if (kind !== 0) return kind;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareText(String(a), String(b));
}
const KINDS = ['number', 'string', 'boolean', 'object'];

/** By code point, as Go compares. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return -1;
  return (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

/** JSON as Go writes it: keys sorted, safe inside HTML. */
export function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null).replace(/[<>&\u2028\u2029]/g, escaped);
  const fields = Object.keys(value).sort(compareText);
  return `{${fields.map((key) => `${goJson(key)}:${goJson(value[key])}`).join(',')}}`;
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
