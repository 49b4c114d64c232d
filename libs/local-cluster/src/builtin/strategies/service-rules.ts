import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { duplicate, invalidFor, invalidValue, notSupported, required } from '../../schema/field-errors.js';
import { labelErrors } from './metadata.js';
import { labelFaults, portFaults, portNameFaults } from './names.js';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function validateService(service: ApiObject): FieldError[] {
  const spec = fieldsOf(service['spec']);
  const ports = listOf(spec['ports']);
  const isNeeded = spec['clusterIP'] !== 'None' && spec['type'] !== 'ExternalName';
  return [
    ...(ports.length === 0 && isNeeded ? [required('spec.ports')] : []),
    ...ports.flatMap((port, index) => portErrors(port, `spec.ports[${index}]`, ports.length > 1)),
    ...twiceErrors(ports, 'name', ({ name }) => name),
    ...labelErrors(spec['selector'], 'spec.selector'),
    ...addressErrors(spec),
    ...(spec['type'] === 'ExternalName' && !spec['externalName'] ? [required('spec.externalName')] : []),
    ...twiceErrors(ports, '', ({ protocol, port }) => `${textOf(protocol)}/${String(port)}`),
  ];
}

/** An address is for good, except for what has been or becomes a mere name. */
export function validateServiceUpdate(service: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(service['spec']);
  const before = fieldsOf(old['spec']);
  if ([spec['type'], before['type']].includes('ExternalName') || !before['clusterIP']) return [];
  const addresses = textsOf(spec['clusterIPs']);
  const [address] = addresses;
  if (spec['clusterIP'] !== address) return [];
  return address === before['clusterIP']
    ? []
    : [invalidValue('spec.clusterIPs[0]', addresses, 'may not change once set')];
}

/** Two fields say the same: the first of `clusterIPs` is `clusterIP`. */
function addressErrors(spec: Fields): FieldError[] {
  const addresses = textsOf(spec['clusterIPs']);
  const isMismatch = spec['clusterIP'] && addresses.length > 0 && addresses[0] !== spec['clusterIP'];
  return isMismatch ? [invalidValue('spec.clusterIPs', addresses, 'first value must match `clusterIP`')] : [];
}

function portErrors({ name, port, protocol, targetPort }: Fields, field: string, isNamed: boolean): FieldError[] {
  const number = numberOf(port) ?? 0;
  return [
    ...(isNamed && !name ? [required(`${field}.name`)] : []),
    ...(name ? invalidFor(`${field}.name`, name, labelFaults(textOf(name))) : []),
    ...invalidFor(`${field}.port`, number, portFaults(number)),
    ...(PROTOCOLS.includes(textOf(protocol)) ? [] : [notSupported(`${field}.protocol`, protocol, PROTOCOLS)]),
    ...invalidFor(`${field}.targetPort`, targetPort, targetFaults(targetPort)),
  ];
}

const targetFaults = (target: unknown): string[] =>
  typeof target === 'number' ? portFaults(target) : portNameFaults(textOf(target));

function twiceErrors(ports: readonly Fields[], field: string, keyOf: (port: Fields) => unknown): FieldError[] {
  const keys = ports.map(keyOf);
  return ports.flatMap(({ name, port, protocol }, index) => {
    if (!keys[index] || keys.indexOf(keys[index]) === index) return [];
    return field === 'name'
      ? [duplicate(`spec.ports[${index}].name`, name)]
      : [duplicate(`spec.ports[${index}]`, { protocol, port })];
  });
}
