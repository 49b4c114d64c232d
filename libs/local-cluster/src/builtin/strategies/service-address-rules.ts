import { isIPv6 } from 'node:net';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { duplicate, invalidValue, notSupported, required } from '../../schema/field-errors.js';
import { fieldsOf, textOf, textsOf, type Fields } from './access.js';
import { ipErrors } from './ip-rules.js';
import { choiceErrors, isTaken } from './shared-rules.js';

const FIELD = 'spec.clusterIPs';
const FAMILIES = ['IPv4', 'IPv6'];

/** Errors of a Service's addresses: two fields tell the first, and each is of its family. */
export function validateAddresses(spec: Fields): FieldError[] {
  if (spec['type'] === 'ExternalName') return [];
  const addresses = textsOf(spec['clusterIPs']);
  const unreadable = addressErrors(addresses);
  return [
    ...firstErrors(textOf(spec['clusterIP']), addresses),
    ...familyErrors(textsOf(spec['ipFamilies'])),
    ...choiceErrors(spec, 'spec', { ipFamilyPolicy: ['PreferDualStack', 'RequireDualStack', 'SingleStack'] }),
    ...unreadable,
    ...(addresses.length > 2 ? [invalidValue(FIELD, addresses, 'may only hold up to 2 values')] : []),
    ...(unreadable.length > 0 ? [] : matchErrors(addresses, textsOf(spec['ipFamilies']))),
  ];
}

function firstErrors(address: string, addresses: readonly string[]): FieldError[] {
  if (address === '')
    return addresses.length === 0
      ? []
      : [invalidValue(FIELD, addresses, 'must be empty when `clusterIP` is not specified')];
  if (addresses.length === 0) return [required(FIELD)];
  return addresses[0] === address ? [] : [invalidValue(FIELD, addresses, 'first value must match `clusterIP`')];
}

const familyErrors = (families: readonly string[]): FieldError[] =>
  families.flatMap((family, index) => [
    ...(FAMILIES.includes(family) ? [] : [notSupported(`spec.ipFamilies[${index}]`, family, FAMILIES)]),
    ...(isTaken(families, index) ? [duplicate(`spec.ipFamilies[${index}]`, family)] : []),
  ]);

function addressErrors(addresses: readonly string[]): FieldError[] {
  const isAlone = addresses.length === 1;
  return addresses.flatMap((address, index) => {
    if (index > 0 || address !== 'None') return ipErrors(address, `${FIELD}[${index}]`);
    return isAlone ? [] : [invalidValue(FIELD, addresses, "'None' must be the first and only value")];
  });
}

function matchErrors(addresses: readonly string[], families: readonly string[]): FieldError[] {
  const isDual = addresses.some(isIPv6) && !addresses.every(isIPv6);
  const errors =
    addresses.length > 1 && !isDual
      ? [invalidValue(FIELD, addresses, 'may specify no more than one IP for each IP family')]
      : [];
  if (addresses[0] === 'None') return errors;
  return [
    ...errors,
    ...addresses.flatMap((address, index) => {
      const family = families[index];
      if (family === undefined || (family === 'IPv6') === isIPv6(address)) return [];
      const detail = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
      return [invalidValue(`${FIELD}[${index}]`, address, detail)];
    }),
  ];
}

/** An address is for good, except for what has been or becomes a mere name. */
export function validateServiceUpdate(service: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(service['spec']);
  const before = fieldsOf(old['spec']);
  if ([spec['type'], before['type']].includes('ExternalName') || !before['clusterIP']) return [];
  const addresses = textsOf(spec['clusterIPs']);
  const [address] = addresses;
  if (spec['clusterIP'] !== address || address === before['clusterIP']) return [];
  return [invalidValue(`${FIELD}[0]`, addresses, 'may not change once set')];
}
