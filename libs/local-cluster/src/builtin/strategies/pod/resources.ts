import type { FieldError } from '../../../api-error.js';
import { labelKeyFaults } from '../../../rest/label-rules.js';
import { parseQuantity } from '../../../schema/cel/quantity.js';
import {
  forbiddenField,
  invalidFor,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
} from '../../../schema/field-errors.js';
import { fieldsOf, listOf, textOf, type Fields } from '../access.js';

const FOR_CONTAINERS = ['cpu', 'memory', 'ephemeral-storage'];
/** Names that are known without a prefix, though no container may ask for them. */
const STANDARD = new Set([
  ...FOR_CONTAINERS,
  ...FOR_CONTAINERS.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'requests.storage',
  'services.nodeports',
  'services.loadbalancers',
]);
const WHOLE = 1_000_000_000n;

const isHugePage = (name: string): boolean => name.startsWith('hugepages-');
const isStandard = (name: string): boolean => STANDARD.has(name) || isHugePage(name);
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && labelKeyFaults(`requests.${name}`).length === 0;
const amountOf = (quantity: unknown): bigint => parseQuantity(String(quantity)) ?? 0n;

/** Errors of what a container asks for and may take; `claims` are the Pod's own. */
export const resourceErrors = (resources: Fields, field: string, claims: readonly string[]): FieldError[] => [
  ...requirementErrors(resources, field, nameErrors),
  ...claimErrors(listOf(resources['claims']), `${field}.claims`, claims),
];

/** The same of a Pod as a whole. */
export const podResourceErrors = (resources: Fields, field: string): FieldError[] => [
  ...(resources['claims'] == null
    ? []
    : [forbiddenField(`${field}.claims`, 'claims may not be set for Resources at pod-level')]),
  ...requirementErrors(resources, field, podNameErrors),
];

type NameRule = (name: string, field: string) => FieldError[];

function requirementErrors(resources: Fields, field: string, namesErrors: NameRule): FieldError[] {
  const limits = fieldsOf(resources['limits']);
  const requests = fieldsOf(resources['requests']);
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const isBare = names.some(isHugePage) && !names.some((name) => name === 'cpu' || name === 'memory');
  return [
    ...Object.entries(limits).flatMap(([name, quantity]) => [
      ...namesErrors(name, `${field}.limits[${name}]`),
      ...amountErrors(name, quantity, `${field}.limits[${name}]`),
    ]),
    ...Object.entries(requests).flatMap(([name, quantity]) => [
      ...namesErrors(name, `${field}.requests[${name}]`),
      ...amountErrors(name, quantity, `${field}.requests[${name}]`),
      ...limitErrors(name, quantity, limits[name], field),
    ]),
    ...(isBare ? [forbiddenField(field, 'HugePages require cpu or memory')] : []),
  ];
}

function amountErrors(name: string, quantity: unknown, field: string): FieldError[] {
  const amount = amountOf(quantity);
  const shown = String(quantity);
  const errors: FieldError[] = [];
  if (amount < 0n) errors.push(invalidValue(field, shown, 'must be greater than or equal to 0'));
  const isCount = STANDARD.has(name) ? !FOR_CONTAINERS.includes(name) : isExtended(name);
  if (isCount && amount % WHOLE !== 0n) errors.push(invalidValue(field, shown, 'must be an integer'));
  if (isHugePage(name) && !isDivisible(name, amount))
    errors.push(invalidValue(field, shown, `${shown} is not positive integer multiple of ${name}`));
  return errors;
}

function isDivisible(name: string, amount: bigint): boolean {
  const page = parseQuantity(name.slice('hugepages-'.length)) ?? 0n;
  return page > 0n && amount % page === 0n;
}

function nameErrors(name: string, field: string): FieldError[] {
  const faults = labelKeyFaults(name).map((fault) => fault.replace(/^a valid label key /, 'a qualified name '));
  if (faults.length === 0 && !name.includes('/') && !isStandard(name))
    faults.push('must be a standard resource type or fully qualified');
  if (!name.includes('/')) {
    if (!FOR_CONTAINERS.includes(name) && !isHugePage(name)) faults.push('must be a standard resource for containers');
  } else if (!isNative(name) && !isExtended(name)) faults.push("doesn't follow extended resource name standard");
  return invalidFor(field, name, faults);
}

const FOR_PODS = ['cpu', 'hugepages-', 'memory'];

function podNameErrors(name: string, field: string): FieldError[] {
  if (name === 'cpu' || name === 'memory' || isHugePage(name)) return [];
  const isUnknown = !name.includes('/') && !isStandard(name);
  return isUnknown
    ? [invalidValue(field, name, 'must be a standard resource type or fully qualified')]
    : [notSupported(field, name, FOR_PODS)];
}

/** A request is within its limit; what cannot be shared out twice is its limit. */
function limitErrors(name: string, quantity: unknown, limit: unknown, field: string): FieldError[] {
  const isShared = isNative(name) && !isHugePage(name);
  if (limit === undefined)
    return isShared ? [] : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
  const [asked, most] = [amountOf(quantity), amountOf(limit)];
  const detail = (relation: string): string => `must be ${relation} ${name} limit of ${String(limit)}`;
  if (!isShared && asked !== most) return [invalidValue(`${field}.requests`, String(quantity), detail('equal to'))];
  return asked > most ? [invalidValue(`${field}.requests`, String(quantity), detail('less than or equal to'))] : [];
}

function claimErrors(wanted: readonly Fields[], field: string, claims: readonly string[]): FieldError[] {
  const known = claims.length === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`;
  return wanted.flatMap(({ name }, index) => {
    const at = `${field}[${index}]`;
    if (!name) return [required(at)];
    if (claims.includes(textOf(name))) return [];
    const error = notFoundValue(at, name);
    return [{ ...error, message: `${error.message}: must be one of the names in pod.spec.resourceClaims${known}` }];
  });
}
