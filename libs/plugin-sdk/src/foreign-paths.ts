/** Where a value holds something that JSON cannot carry: undefined, a Date, a Map, a function, NaN. */
export function foreignPaths(value: unknown, path = '$'): readonly string[] {
  if (isScalar(value)) return [];
  if (!isPlain(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => foreignPaths(inner, `${path}.${key}`));
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
