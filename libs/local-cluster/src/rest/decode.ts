import { ApiError, badRequest } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { toGoForm } from '../builtin/go-form.js';
import { clone, isObject } from '../clone.js';
import type { Resource } from '../resources/resource.js';
import { applyDefaults, decodeCustomErrors, decodeErrors, prune } from '../schema/index.js';
import { groupVersion, rejectOtherKind, rejectPatchedKind } from './kind-errors.js';
import { orderKeys } from './key-order.js';
import type { WriteParameters } from './object-api.js';

export { groupVersion };

type Strictness = Pick<WriteParameters, 'fieldValidation' | 'problems' | 'warn'>;

/** A request's body as an object of its kind: known fields only, defaults filled in. Never changes its argument. */
export function decode(resource: Resource, body: unknown, strictness: Strictness): ApiObject {
  if (!isObject(body)) throw badRequest(`${cannotHandle(resource)}: the body is no JSON object`);
  rejectOtherKind(resource, body);
  return decoded(resource, body, strictness, (why) => badRequest(`${cannotHandle(resource)}: ${why}`));
}

/** The same for what a patch made; `shown` is what errors show of it. */
export function decodePatched(
  resource: Resource,
  patched: unknown,
  strictness: Strictness,
  shown: (patched: unknown) => string,
): ApiObject {
  const refuse = (why: string): ApiError => invalidPatch(shown(patched), why);
  if (!isObject(patched)) throw refuse('the patched object is no JSON object');
  rejectPatchedKind(resource, patched, refuse);
  return decoded(resource, patched, strictness, refuse);
}

/** Fills what a client may leave out, in place. */
export function withDefaults(resource: Resource, object: ApiObject): ApiObject {
  if (!resource.custom) toGoForm(object);
  applyDefaults(resource.schema, object);
  resource.strategy.default?.(object);
  orderKeys(resource, object);
  return object;
}

function decoded(
  resource: Resource,
  body: Record<string, unknown>,
  strictness: Strictness,
  refuse: (why: string) => ApiError,
): ApiObject {
  const { schema, custom } = resource;
  const object = copyOf(resource, body);
  const before = custom ? decodeCustomErrors(schema, object) : undefined;
  if (before !== undefined) throw refuse(before);
  const unknown = prune(schema, object);
  const after = custom ? undefined : decodeErrors(schema, object);
  if (after !== undefined) throw refuse(after);
  const fields = inOrder(resource, unknown).map((path) => `unknown field ${JSON.stringify(path)}`);
  tellProblems([...(strictness.problems ?? []), ...fields], strictness, refuse);
  return withDefaults(resource, object);
}

const YAML_PROBLEMS = 'yaml: unmarshal errors:\n';

/** What strict decoding has found is refused or warned of, or nobody is told. */
export function tellProblems(
  problems: readonly string[],
  { fieldValidation, warn }: Pick<Strictness, 'fieldValidation' | 'warn'>,
  refuse: (why: string) => Error,
): void {
  if (problems.length === 0 || fieldValidation === 'Ignore') return;
  if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${problems.join(', ')}`);
  for (const problem of problems)
    if (problem.startsWith(YAML_PROBLEMS))
      for (const line of problem.slice(YAML_PROBLEMS.length).split('\n')) warn(line.trim());
    else warn(problem);
}

/** A copy that may be changed, but for managed fields that the store froze: nobody changes those in place. */
function copyOf(resource: Resource, { metadata, ...body }: Record<string, unknown>): ApiObject {
  const { managedFields, ...others } = isObject(metadata) ? metadata : {};
  const copied = clone(others);
  if (managedFields !== undefined)
    copied['managedFields'] = Object.isFrozen(managedFields) ? managedFields : clone(managedFields);
  const given = isObject(metadata) || metadata === undefined || metadata === null ? copied : metadata;
  const head = { apiVersion: groupVersion(resource), kind: resource.kind };
  return { ...head, metadata: given as ApiObject['metadata'], ...clone(body), ...head };
}

const cannotHandle = ({ version, kind }: Resource): string =>
  `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;

/** Of a custom resource metadata's come first, then all in the order of their names; else as they stand. */
function inOrder({ custom }: Resource, paths: readonly string[]): readonly string[] {
  if (!custom) return paths;
  const isMetadata = (path: string): boolean => path.startsWith('metadata.');
  const sorted = [...paths].sort();
  return [...sorted.filter(isMetadata), ...sorted.filter((path) => !isMetadata(path))];
}

/** What a patch makes of an object cannot be decoded. */
export function invalidPatch(shown: string, why: string): ApiError {
  const message = `Invalid value: ${JSON.stringify(shown)}: ${why}`;
  return new ApiError(422, 'Invalid', ` "" is invalid: patch: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }],
  });
}
