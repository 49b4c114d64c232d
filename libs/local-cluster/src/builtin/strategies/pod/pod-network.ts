import type { FieldError } from '../../../api-error.js';
import { forbiddenField, invalidFor, invalidValue, required, tooLong } from '../../../schema/field-errors.js';
import { fieldsOf, listOf, textOf, textsOf, type Fields } from '../access.js';
import { ipErrors } from '../ip-rules.js';
import { labelFaults, searchFaults, subdomainFaults } from '../names.js';

const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;
const MAX_HOSTNAME = 64;

/** Errors of how a Pod asks for names. */
export function dnsErrors({ dnsConfig, dnsPolicy }: Fields, field: string): FieldError[] {
  const config = fieldsOf(dnsConfig);
  const servers = textsOf(config['nameservers']);
  if (dnsPolicy === 'None') {
    if (dnsConfig == null) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    if (servers.length === 0) return [required(`${field}.nameservers`, detail)];
  }
  const isMany = servers.length > MAX_SERVERS;
  return [
    ...(isMany
      ? [invalidValue(`${field}.nameservers`, servers, `must not have more than ${MAX_SERVERS} nameservers`)]
      : []),
    ...servers.flatMap((server, index) => ipErrors(server, `${field}.nameservers[${index}]`)),
    ...searchErrors(textsOf(config['searches']), `${field}.searches`),
    ...listOf(config['options']).flatMap(({ name }, index) =>
      name ? [] : [required(`${field}.options[${index}]`, 'must not be empty')],
    ),
  ];
}

function searchErrors(searches: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (searches.length > MAX_SEARCHES)
    errors.push(invalidValue(field, searches, `must not have more than ${MAX_SEARCHES} search paths`));
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS) {
    const detail = `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`;
    errors.push(invalidValue(field, searches, detail));
  }
  return [
    ...errors,
    ...searches.flatMap((search, index) => {
      const name = search.replace(/(?<=.)\.$/, '');
      return search === '.' ? [] : invalidFor(`${field}[${index}]`, name, searchFaults(name));
    }),
  ];
}

/** Errors of what a Pod calls itself and others. */
export function hostErrors(spec: Fields, field: string): FieldError[] {
  return [
    ...['hostname', 'subdomain'].flatMap((name) =>
      spec[name] ? invalidFor(`${field}.${name}`, spec[name], labelFaults(textOf(spec[name]))) : [],
    ),
  ];
}

/** Names that a Pod knows without asking. */
export const aliasErrors = (spec: Fields, field: string): FieldError[] =>
  listOf(spec['hostAliases']).flatMap(({ ip, hostnames }, index) => [
    ...ipErrors(textOf(ip), `${field}[${index}].ip`),
    ...textsOf(hostnames).flatMap((name, at) =>
      invalidFor(`${field}[${index}].hostnames[${at}]`, name, subdomainFaults(name)),
    ),
  ]);

/** Errors of a name that stands in for the host's. */
export function overrideErrors(spec: Fields, field: string): FieldError[] {
  const { hostnameOverride: name, setHostnameAsFQDN, hostNetwork } = spec;
  if (name == null) return [];
  const at = `${field}.hostnameOverride`;
  return [
    ...(setHostnameAsFQDN === true ? [forbiddenField(at, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork === true ? [forbiddenField(at, 'may not be specified when hostNetwork is true')] : []),
    ...(textOf(name).length > MAX_HOSTNAME ? [tooLong(at, MAX_HOSTNAME)] : []),
    ...invalidFor(at, name, subdomainFaults(textOf(name))),
  ];
}
