import type { FieldError } from '../../api-error.js';
import { invalidValue } from '../../schema/field-errors.js';

const PERCENT = /^(\d+)%$/;
const FAULT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for " +
  "validation is '[0-9]+%')";

/** Errors of a count, or a share in percent; nothing is wrong with one that is absent. */
export function shareErrors(value: unknown, field: string): FieldError[] {
  if (typeof value === 'string') return PERCENT.test(value) ? [] : [invalidValue(field, value, FAULT)];
  const isNegative = typeof value === 'number' && value < 0;
  return isNegative ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
}

/** Of a whole there is no more than the whole. */
export const wholeErrors = (value: unknown, field: string): FieldError[] =>
  (percentOf(value) ?? 0) > 100 ? [invalidValue(field, value, 'must not be greater than 100%')] : [];

/** The number of a count or of a share; 0 for what is neither. */
export const amountOf = (value: unknown): number => percentOf(value) ?? (typeof value === 'number' ? value : 0);

function percentOf(value: unknown): number | undefined {
  const digits = typeof value === 'string' ? PERCENT.exec(value)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
