import type { FieldError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { ScalePaths } from '../resources/resource.js';
import { below, invalidValue } from './field-errors.js';
import type { Schema } from './schema.js';
import { validateEmbedded } from './validate-embedded.js';
import { validateLists } from './validate-lists.js';
import { validateScale, validateScaleStatus } from './validate-scale.js';
import { validateRules } from './validate-rules.js';
import { validateSchema } from './validate.js';

/** Rules are not asked of an object whose form is wrong in one of these ways. */
const BLOCKING: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** What of a Resource tells how its objects are validated. */
interface Kind {
  readonly schema: Schema;
  readonly subresources: { readonly scale?: ScalePaths };
}

/** An object, with what was there before an update and what is wrong with its metadata. */
interface Judged {
  readonly object: ApiObject;
  readonly old?: ApiObject | undefined;
  readonly metadata?: readonly FieldError[];
}

/**
 * Everything that is wrong with a custom resource, in the API server's order: metadata, its schema, scale, embedded
 * objects, lists, then the CEL rules. With `old`, what an update leaves alone is forgiven as the API server forgives it.
 */
export function validateCustom(kind: Kind, { object, old, metadata = [] }: Judged): FieldError[] {
  const { schema, subresources } = kind;
  return withListsAndRules(kind, { object, old }, [
    ...metadata,
    ...validateSchema(schema, object, old),
    ...validateScale(subresources.scale, object),
    ...validateEmbedded(schema, object),
  ]);
}

/** The same for a write of the status alone: what else the object says is not looked at again, but by rules. */
export function validateCustomStatus(
  kind: Kind,
  { object, old, metadata = [] }: Judged & { readonly old: ApiObject },
): FieldError[] {
  const { schema, subresources } = kind;
  const of = schema.properties?.['status'];
  const status = object['status'];
  const errors = of && status !== undefined ? validateSchema(of, status, old['status']) : [];
  return withListsAndRules(kind, { object, old }, [
    ...metadata,
    ...errors.map((error) => below('status', error)),
    ...validateScaleStatus(subresources.scale, object),
  ]);
}

function withListsAndRules({ schema }: Kind, { object, old }: Judged, before: readonly FieldError[]): FieldError[] {
  const lists = validateLists(schema, object);
  const forgiven = lists.length > 0 && old !== undefined && validateLists(schema, old).length > 0;
  const errors = [...before, ...(forgiven ? [] : lists)];
  if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, invalidValue('', null, NOT_CHECKED)];
  return [...errors, ...validateRules(schema, object, old)];
}
