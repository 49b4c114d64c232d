const FACTOR: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity such as `250m` or `1Gi` says. */
function parseQuantity(text: string): number {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text.trim());
  const factor = FACTOR[match?.[2] ?? ''];
  if (!match || factor === undefined) throw new Error(`"${text}" is not a quantity; write it like 250m or 1Gi.`);
  return Number(match[1]) * factor;
}

/** A resource as the downward API writes it: whole divisors, rounded up. */
export function inDivisors(quantity: string, divisor = '1'): string {
  const unit = divisor === '' || divisor === '0' ? 1 : parseQuantity(divisor);
  const ratio = parseQuantity(quantity) / unit;
  return String(Math.ceil(Number(ratio.toPrecision(15))));
}
