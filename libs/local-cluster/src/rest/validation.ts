import { invalid, type FieldError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { validateMetadata, validateMetadataUpdate } from '../builtin/strategies/metadata.js';
import type { Resource } from '../resources/resource.js';
import { validateCustom, validateCustomStatus } from '../schema/index.js';

/** Throws 422 with everything that is wrong with a new object. */
export function requireValid(resource: Resource, object: ApiObject): void {
  rejectInvalid(resource, object, [...validateMetadata(resource, object), ...objectErrors(resource, object)]);
}

/** Throws 422 with everything that is wrong with a change. */
export function requireValidUpdate(
  resource: Resource,
  next: ApiObject,
  live: ApiObject,
  subresource: 'status' | 'scale' | undefined,
): void {
  rejectInvalid(resource, next, [
    ...validateMetadataUpdate(resource, next, live),
    ...updateErrors(resource, next, live, subresource),
  ]);
}

function updateErrors(
  resource: Resource,
  next: ApiObject,
  live: ApiObject,
  subresource: 'status' | 'scale' | undefined,
): FieldError[] {
  if (!resource.custom) return builtinUpdateErrors(resource, next, live, subresource);
  return subresource === 'status' ? validateCustomStatus(resource, next, live) : validateCustom(resource, next, live);
}

function builtinUpdateErrors(
  { strategy }: Resource,
  next: ApiObject,
  live: ApiObject,
  subresource: 'status' | 'scale' | undefined,
): FieldError[] {
  if (subresource === 'status') return strategy.validateStatusUpdate?.(next, live) ?? [];
  const ofObject = strategy.validate?.(next) ?? [];
  const ofChange = strategy.validateUpdate?.(next, live) ?? [];
  return strategy.changesFirst ? [...ofChange, ...ofObject] : [...ofObject, ...ofChange];
}

function objectErrors(resource: Resource, object: ApiObject): FieldError[] {
  if (resource.custom) return validateCustom(resource, object);
  const { validate, validateCreate } = resource.strategy;
  return [...(validate?.(object) ?? []), ...(validateCreate?.(object) ?? [])];
}

function rejectInvalid(resource: Resource, { metadata }: ApiObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(resource, metadata.name, errors);
}
