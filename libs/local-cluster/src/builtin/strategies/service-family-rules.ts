import { isIPv6 } from 'node:net';
import type { FieldError } from '../../api-error.js';
import { invalidValue } from '../../schema/field-errors.js';
import { hasFields, textOf, textsOf, type Fields } from './access.js';

const POLICY = 'spec.ipFamilyPolicy';
const BOTH = ['IPv4', 'IPv6'];

/** What is wrong with a Service that wishes for another family than IPv4, which is all there is (initIPFamilyFields). */
export function familyErrors(spec: Fields): FieldError[] {
  if (spec['type'] === 'ExternalName') return [];
  const policy = policyOf(spec);
  const families = textsOf(spec['ipFamilies']);
  const errors = [
    ...(policy === 'SingleStack' ? singleErrors(addressesOf(spec).length, families.length) : []),
    ...addressErrors(addressesOf(spec), families.length),
  ];
  if (errors.length > 0 || isBare(spec)) return errors;
  return [
    ...(policy === 'RequireDualStack'
      ? [invalidValue(POLICY, policy, 'this cluster is not configured for dual-stack services')]
      : []),
    ...families.flatMap((family, index) =>
      family === 'IPv6' ? [invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster')] : [],
    ),
  ];
}

/** The families of a new Service, and its policy. One without address and selector is of both, as far as it may. */
export function familiesOf(spec: Fields): Fields {
  const ipFamilyPolicy = policyOf(spec);
  const [first = 'IPv4'] = textsOf(spec['ipFamilies']);
  const others = isBare(spec) && ipFamilyPolicy !== 'SingleStack' ? BOTH.filter((family) => family !== first) : [];
  return { ipFamilies: [first, ...others], ipFamilyPolicy };
}

/** Whether nobody gives it addresses but whoever writes its endpoints. */
const isBare = ({ clusterIP, selector }: Fields): boolean => clusterIP === 'None' && !hasFields(selector);

const policyOf = (spec: Fields): string =>
  textOf(spec['ipFamilyPolicy']) || (isBare(spec) ? 'RequireDualStack' : 'SingleStack');

function addressesOf({ clusterIP, clusterIPs }: Fields): string[] {
  const addresses = textsOf(clusterIPs);
  return addresses.length > 0 || !clusterIP ? addresses : [textOf(clusterIP)];
}

function singleErrors(addresses: number, families: number): FieldError[] {
  const refuse = (what: string): FieldError =>
    invalidValue(
      POLICY,
      'SingleStack',
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`,
    );
  return [...(addresses > 1 ? [refuse('cluster IPs')] : []), ...(families > 1 ? [refuse('IP families')] : [])];
}

/** Of addresses whose family is not said beside them. */
const addressErrors = (addresses: readonly string[], families: number): FieldError[] =>
  addresses.flatMap((address, index) =>
    index >= families && isIPv6(address)
      ? [invalidValue(`spec.clusterIPs[${index}]`, addresses, 'IPv6 is not configured on this cluster')]
      : [],
  );
