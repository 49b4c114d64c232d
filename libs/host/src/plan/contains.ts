import { quantity } from './quantity.js';

/** Fields whose members are quantities, and fields that are one. */
const QUANTITIES: ReadonlySet<string> = new Set(['requests', 'limits', 'capacity']);
const QUANTITY: ReadonlySet<string> = new Set(['sizeLimit', 'storage', 'divisor']);

/**
 * Whether a live object still says everything that was wished. What the server adds does not count, zero values that
 * it leaves out count as said, `100m` is `0.1`, and named list members are found by name.
 */
export const contains = (live: unknown, wished: unknown): boolean => holds(live, wished, []);

function holds(live: unknown, wished: unknown, path: readonly string[]): boolean {
  if (live === undefined || live === null) return isZero(wished);
  if (Array.isArray(wished)) return Array.isArray(live) && holdsList(live, wished, path);
  if (isRecord(wished)) return isRecord(live) && holdsRecord(live, wished, path);
  return live === wished || (isQuantity(path) && sameQuantity(live, wished));
}

const holdsRecord = (live: Fields, wished: Fields, path: readonly string[]): boolean =>
  Object.entries(wished).every(([name, value]) => holds(live[name], value, [...path, name]));

function holdsList(live: readonly unknown[], wished: readonly unknown[], path: readonly string[]): boolean {
  const names = wished.map(nameOf);
  if (wished.length > 0 && names.every((name) => name !== undefined))
    return wished.every((one, at) =>
      holds(
        live.find((other) => nameOf(other) === names[at]),
        one,
        path,
      ),
    );
  return live.length === wished.length && wished.every((one, at) => holds(live[at], one, path));
}

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

const nameOf = (value: unknown): unknown => (isRecord(value) ? value['name'] : undefined);

function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isZero);
}

const isQuantity = (path: readonly string[]): boolean =>
  QUANTITY.has(path.at(-1) ?? '') || QUANTITIES.has(path.at(-2) ?? '');

function sameQuantity(a: unknown, b: unknown): boolean {
  const amount = quantity(a);
  return amount !== undefined && amount === quantity(b);
}
