import { z } from 'zod';

/** API group and version of every Sympozium kind. */
export const GROUP = 'sympozium.ai';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** A CEL rule of a CRD; the API server shows `message` to the user. */
export interface CelRule {
  readonly rule: string;
  /** What to write instead, one line. */
  readonly message: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  /** The field that the refusal names, from where the rule stands, such as `.mode`. */
  readonly fieldPath?: string;
}

/** Marks a schema with CEL rules, written into the CRD as `x-kubernetes-validations`. */
export const cel = (...rules: readonly CelRule[]) => ({ 'x-kubernetes-validations': rules });

/** A schema with a rule that the API server checks by CEL, and whoever parses by `holds`. */
export const ruled = <S extends z.ZodType>(schema: S, rule: CelRule, holds: (value: z.output<S>) => boolean): S =>
  schema.refine(holds, rule.message).meta(cel(rule));

/** Marks a list whose items are told apart by fields: server-side apply merges by them, a second one is refused. */
export const keyedBy = (...keys: readonly string[]) => ({
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
});

/** A schema whose unknown fields are kept as they came (`x-kubernetes-preserve-unknown-fields`). */
export const anyObject = z.looseObject({});

/** A map with an upper bound, which keeps the cost of CEL rules within what the API server allows. */
export const boundedMap = <V extends z.ZodType>(maxKey: number, value: V, max: number) =>
  z
    .record(z.string().max(maxKey), value)
    .refine((map) => Object.keys(map).length <= max, `write at most ${max} entries`)
    .meta({ maxProperties: max });

/**
 * A string of one form. The API server checks it with CEL rather than with a `pattern`, whose refusal shows the
 * expression and not what to write. The form must mean the same in JavaScript and in RE2, and hold no quote.
 */
export const formed = (max: number, form: RegExp, message: string) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => form.test(text), message)
    .meta(cel({ rule: `self.matches(r'${form.source.replaceAll('\\/', '/')}')`, message }));

const HOUR_MS = 3_600_000;
/** The longest duration, a year: timers and the API server's own arithmetic hold it. */
const MAX_DURATION_MS = 8760 * HOUR_MS;
/** So many digits that no sum overflows, in CEL's nanoseconds either. */
const DURATION = /^([0-9]{1,4}h|[0-9]{1,6}m|[0-9]{1,8}s|[0-9]{1,10}ms)+$/;
const DURATION_HINT = 'write a duration like 10m or 1h30m, of at most 8760h (a year)';
const IS_DURATION = `self.matches(r'${DURATION.source}') && duration(self) <= duration('8760h')`;

const durationText = (atLeastMs: number, { rule, message }: CelRule) =>
  z
    .string()
    .min(2)
    .max(32)
    .refine((text) => (readDuration(text) ?? -1) >= atLeastMs, message)
    .meta(cel({ rule, message }));

/** A Go-style duration such as `10m` or `1h30m`; hours, minutes, seconds and milliseconds, at most a year. */
export const duration = durationText(0, { rule: IS_DURATION, message: DURATION_HINT });

/** A duration that is also long enough for something to happen: at least a second. */
export const timeLimit = durationText(1_000, {
  rule: `${IS_DURATION} && duration(self) >= duration('1s')`,
  message: `${DURATION_HINT} and at least 1s`,
});

const UNIT_MS = { h: HOUR_MS, m: 60_000, s: 1_000, ms: 1 } as const;

function readDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)(ms|h|m|s)/g))
    total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return total <= MAX_DURATION_MS ? total : undefined;
}

/** Milliseconds of a duration that the schema accepted. Throws `RangeError` on anything else. */
export function durationMs(text: string): number {
  const total = readDuration(text);
  if (total === undefined) throw new RangeError(`not a duration: ${JSON.stringify(text)}; ${DURATION_HINT}`);
  return total;
}

/** A DNS-1123 label: names of modes, providers, keys and remote tools. */
export const dnsLabel = (max: number) =>
  formed(max, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'write a-z, 0-9 and -, beginning and ending with a letter or digit');

/** A DNS name in lower case. */
export const hostname = formed(
  253,
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  'write a host name like agent.example.com',
);

/** An http or https address. It may not carry a user or password: everybody who may read the object could read them. */
export const httpUrl = formed(
  2048,
  /^https?:\/\/[-a-zA-Z0-9._:[\]]+([/?][!-~]*)?$/,
  'write an address like https://example.com/v1, without user name and password',
);

/** Name of an object of the same namespace, which need not be one of ours. */
const objectName = z.string().min(1).max(253);

/** Reference to an object of the same namespace. */
export const objectRef = z.object({ name: objectName.describe('Name of the object.') });

/** Reference to one entry of a Secret of the same namespace. */
export const secretKeyRef = z.object({
  name: objectName.describe('Name of the Secret.'),
  key: z.string().min(1).max(253).describe('Entry of the Secret.'),
});

/** Reference to one entry of a ConfigMap of the same namespace. */
export const configMapKeyRef = z.object({
  name: objectName.describe('Name of the ConfigMap.'),
  key: z.string().min(1).max(253).describe('Entry of the ConfigMap.'),
});
