import type { FieldError } from '../../../api-error.js';
import { parseQuantity } from '../../../schema/cel/quantity.js';
import { labelKeyFaults } from '../../../rest/label-rules.js';
import { invalidFor, invalidValue, notSupported, required } from '../../../schema/field-errors.js';
import { textOf, type Fields } from '../access.js';

/** What of a Pod its containers may read, in the order errors tell it. */
export const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const FILE_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Known paths, though not every place may read them. */
const CONVERTIBLE = new Set([
  ...ENV_FIELDS,
  ...FILE_FIELDS,
  'spec.restartPolicy',
  'spec.schedulerName',
  'status.phase',
]);
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const UNITS = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';
/** Of which resource what may be divided, and what the error calls it. */
const DIVISORS: readonly (readonly [pattern: RegExp, units: string, and: string, name: string])[] = [
  [/\.cpu$/, '1m, 1', '1m and 1', 'cpu resource'],
  [/\.memory$/, UNITS, UNITS, 'memory resource'],
  [/\.ephemeral-storage$/, UNITS, UNITS, 'local ephemeral storage resource'],
  [/\.hugepages-/, UNITS, UNITS, 'hugepages resource'],
];

/** Errors of a `fieldRef`. */
export function fieldRefErrors(
  { apiVersion, fieldPath }: Fields,
  field: string,
  known: readonly string[],
): FieldError[] {
  if (!apiVersion) return [required(`${field}.apiVersion`)];
  if (!fieldPath) return [required(`${field}.fieldPath`)];
  const path = textOf(fieldPath);
  const [, map, key] = /^(.*)\['(.*)'\]$/.exec(path) ?? [];
  if (map !== undefined && key !== undefined) return subscriptErrors(map, key, field);
  if (!CONVERTIBLE.has(path)) return [unconvertible(path, 'not supported', field)];
  return known.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, known)];
}

function subscriptErrors(map: string, key: string, field: string): FieldError[] {
  if (map === 'metadata.annotations') return invalidFor(field, key.toLowerCase(), labelKeyFaults(key.toLowerCase()));
  if (map === 'metadata.labels') return invalidFor(field, key, labelKeyFaults(key));
  return [unconvertible(`${map}['${key}']`, 'does not support subscript', field)];
}

const unconvertible = (path: string, why: string, field: string): FieldError =>
  invalidValue(`${field}.fieldPath`, path, `error converting fieldPath: field label ${why}: ${path}`);

/** Errors of a `resourceFieldRef`; a file has to name its container. */
export function resourceRefErrors(reference: Fields, field: string, isFile: boolean): FieldError[] {
  const { containerName, resource, divisor } = reference;
  const errors = divisorErrors(textOf(resource), divisor, field);
  if (isFile && !containerName) return [required(`${field}.containerName`), ...errors];
  if (!resource) return [required(`${field}.resource`), ...errors];
  const isKnown = RESOURCES.includes(textOf(resource)) || /^(limits|requests)\.hugepages-/.test(textOf(resource));
  return isKnown ? errors : [notSupported(`${field}.resource`, resource, RESOURCES), ...errors];
}

function divisorErrors(resource: string, divisor: unknown, field: string): FieldError[] {
  const amount = parseQuantity(String(divisor ?? '0'));
  const [, units = '', shown = '', name = ''] = DIVISORS.find(([pattern]) => pattern.test(resource)) ?? [];
  if (!amount || units === '' || units.split(', ').some((unit) => parseQuantity(unit) === amount)) return [];
  const why = `only divisor's values ${shown} are supported with the ${name}`;
  return [invalidValue(`${field}.divisor`, resource, why)];
}
