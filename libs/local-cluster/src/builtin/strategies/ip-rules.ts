import { isIP, isIPv4 } from 'node:net';
import type { FieldError } from '../../api-error.js';
import { invalidValue } from '../../schema/field-errors.js';

const IP_FAULT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_FAULT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

export const ipErrors = (address: string, field: string): FieldError[] =>
  isIP(address) === 0 ? [invalidValue(field, address, IP_FAULT)] : [];

const isCidr = (range: string): boolean => {
  const [address = '', bits = '', ...rest] = range.split('/');
  const most = isIPv4(address) ? 32 : 128;
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
};

export const cidrErrors = (range: string, field: string): FieldError[] =>
  isCidr(range) ? [] : [invalidValue(field, range, CIDR_FAULT)];

/** Ranges that nobody reaches from elsewhere. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^(0\.0\.0\.0)$/, 'may not be unspecified (0.0.0.0)'],
  [/^(::)$/, 'may not be unspecified (::)'],
  [/^(127\.|::1$)/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab])/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff.2:)/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

/** Only addresses that other nodes can reach (ValidateEndpointIP). */
export const endpointErrors = (address: string, field: string): FieldError[] =>
  REFUSED.flatMap(([range, detail]) => (range.test(address) ? [invalidValue(field, address, detail)] : []));
