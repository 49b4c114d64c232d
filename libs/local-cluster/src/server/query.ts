import { badRequest } from '../api-error.js';

const INTEGER = /^[+-]?\d+$/;
const LARGEST = 2n ** 63n;

/** As Kubernetes reads switches: there, and neither `0` nor `false`. */
export const isTrue = (query: URLSearchParams, name: string): boolean => readBoolean(query, name) ?? false;

export function readBoolean(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  return value === null ? undefined : value !== '0' && value.toLowerCase() !== 'false';
}

/** A whole number of 64 bits, or 400 in Go's words; absent and empty are none. */
export function readInteger(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  const quoted = JSON.stringify(value);
  if (!INTEGER.test(value)) throw badRequest(`strconv.ParseInt: parsing ${quoted}: invalid syntax`);
  const whole = BigInt(value.replace('+', ''));
  if (whole >= LARGEST || whole < -LARGEST) {
    throw badRequest(`strconv.ParseInt: parsing ${quoted}: value out of range`);
  }
  return Number(whole);
}

/** The value, if it is there and not empty. */
export const readText = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;
