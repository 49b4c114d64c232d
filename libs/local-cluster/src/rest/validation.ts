import { invalid, type FieldError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { goValue, NotConvertible } from '../apply/go-value.js';
import { validateMetadata, validateMetadataUpdate } from '../builtin/strategies/metadata.js';
import type { Resource } from '../resources/resource.js';
import { invalidValue } from '../schema/field-errors.js';
import { validateCustom, validateCustomStatus } from '../schema/index.js';
import { OBJECT_META } from '../schema/object-meta.js';

/** Throws 422 with everything that is wrong with a new object. */
export function requireValid(resource: Resource, object: ApiObject): void {
  const metadata = validateMetadata(resource, object);
  if (resource.custom) return rejectInvalid(resource, object, validateCustom(resource, { object, metadata }));
  const { validate, validateCreate } = resource.strategy;
  rejectInvalid(resource, object, [...metadata, ...(validate?.(object) ?? []), ...(validateCreate?.(object) ?? [])]);
}

/** Throws 422 with everything that is wrong with a change. */
export function requireValidUpdate(
  resource: Resource,
  next: ApiObject,
  live: ApiObject,
  subresource: 'status' | 'scale' | undefined,
): void {
  const metadata = validateMetadataUpdate(resource, next, live);
  if (!resource.custom)
    return rejectInvalid(resource, next, [...metadata, ...builtinUpdateErrors(resource, next, live, subresource)]);
  const validate = subresource === 'status' ? validateCustomStatus : validateCustom;
  const unreadable = unreadableMetadata(next, live);
  rejectInvalid(resource, next, unreadable ?? validate(resource, { object: next, old: live, metadata }));
}

/** What an apply may leave in a custom resource, whose types nobody asks before: a time of deletion that is none. */
function unreadableMetadata({ metadata }: ApiObject, live: ApiObject): FieldError[] | undefined {
  if (metadata.deletionTimestamp === live.metadata.deletionTimestamp) return undefined;
  try {
    goValue(OBJECT_META, metadata);
    return undefined;
  } catch (error) {
    if (error instanceof NotConvertible) return [invalidValue('metadata', metadata, error.message)];
    throw error;
  }
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

function rejectInvalid(resource: Resource, { metadata }: ApiObject, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(resource, metadata.name, errors);
}
