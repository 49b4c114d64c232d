import { z } from 'zod';

/** API group and version of every Sympozium kind. */
export const GROUP = 'sympozium.ai';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}`;

/** A CEL rule of a CRD; the API server shows `message` to the user. */
export interface CelRule {
  rule: string;
  message: string;
  reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired' | 'FieldValueDuplicate';
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** Marks a schema with CEL rules, written into the CRD as `x-kubernetes-validations`. */
export const cel = (...rules: CelRule[]) => ({ 'x-kubernetes-validations': rules });

/** A schema whose unknown fields are kept as they came (`x-kubernetes-preserve-unknown-fields`). */
export const anyObject = z.looseObject({});

const DURATION = /^([0-9]+(h|m|s|ms))+$/;

/** A Go-style duration such as `10m` or `1h30m`; hours, minutes, seconds and milliseconds. */
export const duration = z.string().min(2).max(32).regex(DURATION);

const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

/** Milliseconds of a duration that the schema accepted. Throws `RangeError` on anything else. */
export function durationMs(text: string): number {
  if (!DURATION.test(text)) throw new RangeError(`not a duration: ${JSON.stringify(text)}; write it like 10m or 1h30m`);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)(ms|h|m|s)/g))
    total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return total;
}

/** A DNS-1123 label: Secret keys' owners, instance and pack names. */
export const dnsLabel = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

/** Reference to an object of the same namespace. */
export const objectRef = z.object({ name: z.string().min(1).max(253).describe('Name of the object.') });

/** Reference to one entry of a Secret of the same namespace. */
export const secretKeyRef = z.object({
  name: z.string().min(1).max(253).describe('Name of the Secret.'),
  key: z.string().min(1).max(253).describe('Entry of the Secret.'),
});
