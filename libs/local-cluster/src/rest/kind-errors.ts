import { badRequest, invalid, type ApiError } from '../api-error.js';
import { builtinResources } from '../builtin/index.js';
import type { Resource } from '../resources/resource.js';
import { sortedJson } from '../schema/json.js';

type Body = Record<string, unknown>;

/** As much of a body as an error shows. */
const SHOWN = 30;
/** Where Kubernetes keeps its kinds, as errors name it. */
const SCHEME = 'pkg/runtime/scheme.go:111';

let kinds: ReadonlySet<string> | undefined;

export const groupVersion = ({ group, version }: { group: string; version: string }): string =>
  group === '' ? version : `${group}/${version}`;

/** Refuses a body that says it is of another kind than the path's. What it does not say, a built-in kind takes from the path. */
export function rejectOtherKind(resource: Resource, body: Body): void {
  const { apiVersion, kind } = typeOf(resource, body);
  const missing = missingKind(resource, body);
  if (missing !== undefined) {
    const text = JSON.stringify(body);
    const summary = text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text;
    throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind}): ${missing} (${summary})`);
  }
  const why = conversionFault(resource, body);
  if (why !== undefined)
    throw badRequest(
      `${kind} in version ${JSON.stringify(versionOf(apiVersion))} cannot be handled as a ${resource.kind}: ${why}`,
    );
  const wanted = groupVersion(resource);
  if (apiVersion !== wanted)
    throw badRequest(`the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`);
  rejectOtherType(resource, body);
}

/** The same of what a patch made; `refuse` makes an error of why it is nothing that the server knows. */
export function rejectPatchedKind(resource: Resource, patched: Body, refuse: (why: string) => ApiError): void {
  const why = missingKind(resource, patched) ?? conversionFault(resource, patched);
  if (why !== undefined) throw refuse(why);
  rejectOtherType(resource, patched);
}

/** Of a custom resource, which has its type in its data, that is a matter of validation. */
function rejectOtherType(resource: Resource, body: Body): void {
  const { apiVersion, kind } = typeOf(resource, body);
  const wanted = { apiVersion: groupVersion(resource), kind: resource.kind };
  const errors = Object.entries({ kind, apiVersion }).flatMap(([field, value]) => {
    const expected = wanted[field as keyof typeof wanted];
    const message = `Invalid value: ${JSON.stringify(value)}: must be ${expected}`;
    return value === expected ? [] : [{ type: 'FieldValueInvalid' as const, field, message }];
  });
  if (errors.length === 0) return;
  const { name = '' } = { ...(body['metadata'] as { name?: string } | undefined) };
  throw invalid({ group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '', kind }, name, errors);
}

const missingKind = ({ custom }: Resource, body: Body): string | undefined =>
  custom && !body['kind'] ? `Object 'Kind' is missing in '${sortedJson(body)}'` : undefined;

/** Why Go makes no object of a built-in kind of a body that says it is of another. */
function conversionFault(resource: Resource, body: Body): string | undefined {
  const { apiVersion, kind } = typeOf(resource, body);
  if (resource.custom || (apiVersion === groupVersion(resource) && kind === resource.kind)) return undefined;
  if (!isBuiltin(apiVersion, kind))
    return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`;
  const own = `${packageOf(resource.group)}.${resource.kind}`;
  return `converting (${versionOf(apiVersion)}.${kind}) to (${own}): unknown conversion`;
}

function typeOf(resource: Resource, { apiVersion, kind }: Body): { apiVersion: string; kind: string } {
  const given = { apiVersion: textOf(apiVersion), kind: textOf(kind) };
  if (resource.custom) return given;
  return { apiVersion: given.apiVersion || groupVersion(resource), kind: given.kind || resource.kind };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.indexOf('/') + 1);

/** Of the Go package that a group's own types are in. */
const packageOf = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));

function isBuiltin(apiVersion: string, kind: string): boolean {
  kinds ??= new Set(builtinResources().map((resource) => `${groupVersion(resource)} ${resource.kind}`));
  return kinds.has(`${apiVersion} ${kind}`);
}
