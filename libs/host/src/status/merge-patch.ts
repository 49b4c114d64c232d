import { isDeepStrictEqual } from 'node:util';

type Fields = Readonly<Record<string, unknown>>;

/** The JSON merge patch (RFC 7386) that makes `to` out of `from`; undefined when they are equal. */
export function mergePatch(from: object, to: object): object | undefined {
  const [before, after] = [from as Fields, to as Fields];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((name) => [name, change(before[name], after[name])]));
}

function change(from: unknown, to: unknown): unknown {
  if (to === undefined) return null;
  return isFields(from) && isFields(to) ? mergePatch(from, to) : to;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
