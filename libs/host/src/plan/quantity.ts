const SHAPE = /^([+-]?[0-9]*\.?[0-9]+|[+-]?[0-9]+\.)(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?[0-9]+))?$/;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['k', 'M', 'G', 'T', 'P', 'E'];
const FRACTION = ['m', 'u', 'n'];

/**
 * The amount that a quantity such as `100m`, `0.1` or `64Mi` says; undefined for anything else.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantity(text: unknown): number | undefined {
  if (typeof text === 'number') return text;
  const [, digits, suffix, exponent] = (typeof text === 'string' && SHAPE.exec(text)) || [];
  if (digits === undefined) return undefined;
  const amount = Number(digits);
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  if (suffix === undefined) return amount;
  const fraction = FRACTION.indexOf(suffix);
  // A division rounds once, where a product with 0.001 would round twice.
  if (fraction !== -1) return amount / 1000 ** (fraction + 1);
  const binary = BINARY.indexOf(suffix);
  return binary === -1 ? amount * 1000 ** (DECIMAL.indexOf(suffix) + 1) : amount * 1024 ** (binary + 1);
}
