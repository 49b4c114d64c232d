import { isIP } from 'node:net';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { labelKeyFaults } from '../../rest/label-rules.js';
import { duplicate, invalidFor, invalidValue, required } from '../../schema/field-errors.js';
import { listOf, textOf, textsOf, type Fields } from './access.js';
import { endpointErrors, ipErrors } from './ip-rules.js';
import { labelFaults, subdomainFaults } from './names.js';
import { neededChoiceErrors } from './shared-rules.js';

const FAMILIES: Readonly<Record<string, number>> = { IPv4: 4, IPv6: 6 };

export function validateEndpointSlice(slice: ApiObject): FieldError[] {
  const type = textOf(slice['addressType']);
  return [
    ...neededChoiceErrors(slice as unknown as Fields, '', { addressType: ['FQDN', 'IPv4', 'IPv6'] }).map((error) => ({
      ...error,
      field: 'addressType',
    })),
    ...portErrors(listOf(slice['ports'])),
    ...listOf(slice['endpoints']).flatMap((endpoint, index) => oneErrors(endpoint, type, `endpoints[${index}]`)),
  ];
}

const portErrors = (ports: readonly Fields[]): FieldError[] =>
  ports.flatMap((port, index) => {
    const field = `ports[${index}]`;
    const { name, appProtocol } = port;
    const isTwice = ports.findIndex((other) => textOf(other['name']) === textOf(name)) < index;
    return [
      ...(name ? invalidFor(`${field}.name`, name, labelFaults(textOf(name))) : []),
      ...(isTwice ? [duplicate(`${field}.name`, textOf(name))] : []),
      ...neededChoiceErrors(port, field, { protocol: ['SCTP', 'TCP', 'UDP'] }),
      ...(appProtocol == null
        ? []
        : invalidFor(`${field}.appProtocol`, appProtocol, labelKeyFaults(textOf(appProtocol)))),
    ];
  });

function oneErrors({ addresses, nodeName, hostname }: Fields, type: string, field: string): FieldError[] {
  const texts = textsOf(addresses);
  return [
    ...(texts.length === 0 ? [required(`${field}.addresses`)] : []),
    ...texts.flatMap((address, index) => addressErrors(address, type, field, index)),
    ...(nodeName == null ? [] : invalidFor(`${field}.nodeName`, nodeName, subdomainFaults(textOf(nodeName)))),
    ...(hostname == null ? [] : invalidFor(`${field}.hostname`, hostname, labelFaults(textOf(hostname)))),
  ];
}

function addressErrors(address: string, type: string, field: string, index: number): FieldError[] {
  const at = `${field}.addresses[${index}]`;
  if (type === 'FQDN') return invalidFor(at, address, subdomainFaults(address.replace(/\.$/, '')));
  const family = FAMILIES[type];
  if (family === undefined) return [];
  const unreadable = ipErrors(address, at);
  if (unreadable.length > 0) return unreadable;
  const detail = `must be an ${type} address`;
  return [
    ...(isIP(address) === family ? [] : [invalidValue(`${field}.addresses`, address, detail)]),
    ...endpointErrors(address, at),
  ];
}
