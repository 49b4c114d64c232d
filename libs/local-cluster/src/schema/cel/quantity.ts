const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const NANOS = 1_000_000_000n;

/** A Kubernetes quantity in billionths (`100m` is 100,000,000), rounded away from zero; undefined: it is none. */
export function parseQuantity(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = '', suffix = ''] =
    /^([+-]?)(\d*)(?:\.(\d*))?([A-Za-z]*[+-]?\d*)$/.exec(text) ?? [];
  const scale = scaleOf(suffix);
  if (scale === undefined || (whole === '' && fraction === '')) return undefined;
  const digits = BigInt(`${whole}${fraction}`) * NANOS * scale.times;
  const divisor = 10n ** BigInt(fraction.length) * scale.per;
  const nanos = digits / divisor + (digits % divisor === 0n ? 0n : 1n);
  return sign === '-' ? -nanos : nanos;
}

function scaleOf(suffix: string): { times: bigint; per: bigint } | undefined {
  const binary = BINARY.indexOf(suffix);
  if (binary >= 0) return { times: 1024n ** BigInt(binary), per: 1n };
  const decimal = DECIMAL.indexOf(suffix);
  if (decimal >= 0) return powerOfTen((decimal - 3) * 3);
  const [, exponent] = /^[eE]([+-]?\d{1,3})$/.exec(suffix) ?? [];
  return exponent === undefined ? undefined : powerOfTen(Number(exponent));
}

const powerOfTen = (exponent: number): { times: bigint; per: bigint } =>
  exponent >= 0 ? { times: 10n ** BigInt(exponent), per: 1n } : { times: 1n, per: 10n ** BigInt(-exponent) };

/** A whole number that fits in 64 bits, or undefined. */
export function integerOf(nanos: bigint): bigint | undefined {
  const whole = nanos / NANOS;
  return nanos % NANOS === 0n && BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

export const floatOf = (nanos: bigint): number => Number(nanos) / Number(NANOS);
