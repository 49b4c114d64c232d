import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { fieldsOf, textOf, type Fields } from './access.js';
import { decodedBytes, keyErrors, lockedErrors, MAX_DATA_BYTES } from './config-map-rules.js';
import { invalidValue, required, tooLong } from '../../schema/field-errors.js';
import { immutableErrors } from './metadata.js';

const ACCOUNT = 'kubernetes.io/service-account.name';

type TypeRule = (data: Fields, secret: ApiObject) => FieldError[];

const TYPES: Readonly<Record<string, TypeRule>> = {
  'kubernetes.io/service-account-token': (_data, { metadata }) =>
    metadata.annotations?.[ACCOUNT] ? [] : [required(`metadata.annotations[${ACCOUNT}]`)],
  'kubernetes.io/dockercfg': (data) => jsonErrors(data, '.dockercfg'),
  'kubernetes.io/dockerconfigjson': (data) => jsonErrors(data, '.dockerconfigjson'),
  'kubernetes.io/basic-auth': (data) =>
    'username' in data || 'password' in data ? [] : missing(data, ['username', 'password']),
  'kubernetes.io/ssh-auth': (data) => (data['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]),
  'kubernetes.io/tls': (data) => missing(data, ['tls.crt', 'tls.key']),
};

export function validateSecret(secret: ApiObject): FieldError[] {
  const data = fieldsOf(secret['data']);
  const bytes = Object.values(data).reduce((sum: number, value) => sum + decodedBytes(value), 0);
  return [
    ...keyErrors(data, 'data'),
    ...(bytes > MAX_DATA_BYTES ? [tooLong('data', MAX_DATA_BYTES)] : []),
    ...(TYPES[textOf(secret['type'])]?.(data, secret) ?? []),
  ];
}

export const validateSecretUpdate = (secret: ApiObject, old: ApiObject): FieldError[] => [
  ...immutableErrors('type', secret['type'], old['type']),
  ...lockedErrors(secret, old, ['data']),
];

const missing = (data: Fields, keys: readonly string[]): FieldError[] =>
  keys.filter((key) => !(key in data)).map((key) => required(`data[${key}]`));

/** The content is never told. */
function jsonErrors(data: Fields, key: string): FieldError[] {
  if (!(key in data)) return [required(`data[${key}]`)];
  try {
    JSON.parse(Buffer.from(textOf(data[key]), 'base64').toString());
    return [];
  } catch {
    return [invalidValue(`data[${key}]`, '<secret contents redacted>', 'invalid character in JSON')];
  }
}
