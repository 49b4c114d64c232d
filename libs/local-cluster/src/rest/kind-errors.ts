import { badRequest, invalid, type ApiError } from '../api-error.js';
import { builtinResources } from '../builtin/index.js';
import type { Resource } from '../resources/resource.js';

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
  const error = resource.custom ? otherCustomKind(resource, body) : otherBuiltinKind(resource, body);
  if (error) throw error;
}

function otherCustomKind(resource: Resource, body: Body): ApiError | undefined {
  const { apiVersion, kind } = textsOf(body);
  const wanted = groupVersion(resource);
  if (kind === '') {
    const text = JSON.stringify(body);
    return badRequest(
      `the object provided is unrecognized (must be of type ${resource.kind}): Object 'Kind' is missing in '${text}' ` +
        `(${text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text})`,
    );
  }
  if (apiVersion !== wanted)
    return badRequest(
      `the API version in the data (${apiVersion}) does not match the expected API version (${wanted})`,
    );
  if (kind === resource.kind) return undefined;
  const { name } = { ...(body['metadata'] as { name?: string } | undefined) };
  const message = `Invalid value: ${JSON.stringify(kind)}: must be ${resource.kind}`;
  return invalid({ group: resource.group, kind }, name ?? '', [{ type: 'FieldValueInvalid', field: 'kind', message }]);
}

function otherBuiltinKind(resource: Resource, body: Body): ApiError | undefined {
  const wanted = groupVersion(resource);
  const { apiVersion: given, kind: givenKind } = textsOf(body);
  const apiVersion = given === '' ? wanted : given;
  const kind = givenKind === '' ? resource.kind : givenKind;
  if (apiVersion === wanted && kind === resource.kind) return undefined;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const why = isBuiltin(apiVersion, kind)
    ? `converting (${version}.${kind}) to (${packageOf(resource.group)}.${resource.kind}): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`;
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${resource.kind}: ${why}`);
}

const textsOf = ({ apiVersion, kind }: Body): { apiVersion: string; kind: string } => ({
  apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
  kind: typeof kind === 'string' ? kind : '',
});

/** Of the Go package that a group's own types are in. */
const packageOf = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));

function isBuiltin(apiVersion: string, kind: string): boolean {
  kinds ??= new Set(builtinResources().map((resource) => `${groupVersion(resource)} ${resource.kind}`));
  return kinds.has(`${apiVersion} ${kind}`);
}
