import type { FieldError } from '../../../api-error.js';
import { labelKeyFaults } from '../../../rest/label-rules.js';
import { parseQuantity } from '../../../schema/cel/quantity.js';
import { forbiddenField, invalidFor, invalidValue, notFoundValue, required } from '../../../schema/field-errors.js';
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
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && labelKeyFaults(`requests.${name}`).length === 0;
const amountOf = (quantity: unknown): bigint => parseQuantity(String(quantity)) ?? 0n;

/** Errors of what a container asks for and may take; `claims` are the Pod's own. */
export function resourceErrors(resources: Fields, field: string, claims: readonly string[]): FieldError[] {
  const limits = fieldsOf(resources['limits']);
  const requests = fieldsOf(resources['requests']);
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const isBare = names.some(isHugePage) && !names.some((name) => name === 'cpu' || name === 'memory');
  return [
    ...Object.entries(limits).flatMap(([name, quantity]) => amountErrors(name, quantity, `${field}.limits[${name}]`)),
    ...Object.entries(requests).flatMap(([name, quantity]) => [
      ...amountErrors(name, quantity, `${field}.requests[${name}]`),
      ...limitErrors(name, quantity, limits[name], field),
    ]),
    ...(isBare ? [forbiddenField(field, 'HugePages require cpu or memory')] : []),
    ...claimErrors(listOf(resources['claims']), `${field}.claims`, claims),
  ];
}

function amountErrors(name: string, quantity: unknown, field: string): FieldError[] {
  const amount = amountOf(quantity);
  const shown = String(quantity);
  const errors = nameErrors(name, field);
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
  if (faults.length > 0) return invalidFor(field, name, faults);
  if (!name.includes('/')) {
    if (FOR_CONTAINERS.includes(name) || isHugePage(name)) return [];
    const detail = 'must be a standard resource for containers';
    const isStandard = STANDARD.has(name);
    return invalidFor(field, name, [
      ...(isStandard ? [] : ['must be a standard resource type or fully qualified']),
      detail,
    ]);
  }
  return isNative(name) || isExtended(name)
    ? []
    : [invalidValue(field, name, "doesn't follow extended resource name standard")];
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
