import { parseQuantity } from '../../schema/cel/quantity.js';
import { fieldsOf, type Fields } from './access.js';

const NANOS = 1_000_000_000n;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A quantity as the real server writes it: `1024Mi` is `1Gi`, `0.5` is `500m`; what is none stays as it is. */
function canonicalQuantity(quantity: unknown): unknown {
  const text = String(quantity);
  const nanos = parseQuantity(text);
  if (nanos === undefined) return quantity;
  const isLarge = nanos <= -1024n * NANOS || nanos >= 1024n * NANOS;
  if (text.endsWith('i') && isLarge && nanos % NANOS === 0n) return scaled(nanos / NANOS, 1024n, BINARY);
  const isExponent = /[eE][+-]?\d+$/.test(text);
  return isExponent ? withExponent(nanos) : scaled(nanos, 1000n, DECIMAL);
}

/** Makes all quantities of a list of resources canonical, in place. */
export function canonicalise(list: unknown): void {
  const resources = fieldsOf(list);
  for (const [name, quantity] of Object.entries(resources)) resources[name] = canonicalQuantity(quantity);
}

/** The same for one field, where it is set. */
export function canonicaliseField(object: Fields, field: string): void {
  if (object[field] != null) object[field] = canonicalQuantity(object[field]);
}

function scaled(amount: bigint, base: bigint, suffixes: readonly string[]): string {
  if (amount === 0n) return '0';
  let rest = amount;
  let index = 0;
  while (rest % base === 0n && index < suffixes.length - 1) {
    rest /= base;
    index++;
  }
  return `${rest}${suffixes[index] ?? ''}`;
}

function withExponent(nanos: bigint): string {
  if (nanos === 0n) return '0';
  let rest = nanos;
  let exponent = -9;
  while (rest % 1000n === 0n) {
    rest /= 1000n;
    exponent += 3;
  }
  return exponent === 0 ? String(rest) : `${rest}e${exponent}`;
}
