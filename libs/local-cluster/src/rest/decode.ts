import { ApiError, badRequest } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import { clone, isObject } from '../clone.js';
import type { Resource } from '../resources/resource.js';
import { applyDefaults, decodeCustomErrors, decodeErrors, prune } from '../schema/index.js';
import type { WriteParameters } from './object-api.js';

type Strictness = Pick<WriteParameters, 'fieldValidation' | 'warn'>;

/** A request's body as an object of its kind: known fields only, defaults filled in. Never changes its argument. */
export function decode(resource: Resource, body: unknown, strictness: Strictness): ApiObject {
  const object = ofKind(resource, body);
  if (resource.custom) rejectUndecodable(resource, decodeCustomErrors(resource.schema, object), body);
  rejectUnknown(resource, inOrder(resource, prune(resource.schema, object)), strictness);
  if (!resource.custom) rejectUndecodable(resource, decodeErrors(resource.schema, object), body);
  return withDefaults(resource, object);
}

/** Fills what a client may leave out, in place. */
export function withDefaults(resource: Resource, object: ApiObject): ApiObject {
  applyDefaults(resource.schema, object);
  resource.strategy.default?.(object);
  return object;
}

/** A copy of the body with the request's apiVersion and kind, which built-in kinds may leave out. */
export function ofKind(resource: Resource, body: unknown): ApiObject {
  if (!isObject(body)) throw badRequest(`${cannotHandle(resource, resource.kind)}: the body is no JSON object`);
  rejectOtherKind(resource, body);
  const metadata = body['metadata'] ?? {};
  if (!isObject(metadata)) throw badRequest(`${cannotHandle(resource, resource.kind)}: metadata is no JSON object`);
  const head = { apiVersion: groupVersion(resource), kind: resource.kind };
  return { ...clone(body), ...head, metadata: clone(metadata) as unknown as ApiObject['metadata'] };
}

function rejectOtherKind(resource: Resource, body: Record<string, unknown>): void {
  const { apiVersion, kind } = body;
  if (resource.custom && !kind) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  const isOther = (given: unknown, wanted: string): boolean => Boolean(given) && given !== wanted;
  if (isOther(apiVersion, groupVersion(resource)) || isOther(kind, resource.kind)) throw otherKind(resource, body);
}

export const groupVersion = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? version : `${group}/${version}`;

function otherKind(resource: Resource, body: Record<string, unknown>): ApiError {
  const { apiVersion = '', kind = '' } = body as { apiVersion?: string; kind?: string };
  const wanted = groupVersion(resource);
  if (kind !== resource.kind && !resource.custom)
    return badRequest(
      `${kind} in version ${JSON.stringify(apiVersion.split('/').at(-1))} cannot be handled as a ${resource.kind}: ` +
        `no kind "${kind}" is registered for version "${apiVersion}" in scheme`,
    );
  return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
}

const cannotHandle = ({ version, kind }: Resource, given: string): string =>
  `${given} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;

/** Of a custom resource metadata's come first, then all in the order of their names; else as they stand. */
function inOrder({ custom }: Resource, paths: readonly string[]): readonly string[] {
  if (!custom) return paths;
  const isMetadata = (path: string): boolean => path.startsWith('metadata.');
  const sorted = [...paths].sort();
  return [...sorted.filter(isMetadata), ...sorted.filter((path) => !isMetadata(path))];
}

function rejectUnknown(resource: Resource, unknown: readonly string[], { fieldValidation, warn }: Strictness): void {
  if (unknown.length === 0 || fieldValidation === 'Ignore') return;
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (fieldValidation === 'Warn') return texts.forEach(warn);
  throw badRequest(`${cannotHandle(resource, resource.kind)}: strict decoding error: ${texts.join(', ')}`);
}

function rejectUndecodable(resource: Resource, error: string | undefined, body: unknown): void {
  if (error === undefined) return;
  const named = isObject(body) && typeof body['kind'] === 'string';
  throw badRequest(
    named
      ? `${cannotHandle(resource, resource.kind)}: ${error}`
      : `the object provided is unrecognized (must be of type ${resource.kind}): ${error}`,
  );
}
