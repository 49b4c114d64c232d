import type { Attributes, User } from '../auth/auth.js';
import { badRequest } from '../api-error.js';
import { isTrue } from './query.js';

/** A request's path below `/api` or `/apis`, read as the API reads it. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** More segments than a subresource has: nothing is served there. */
  readonly tooLong: boolean;
  /** `/api/v1/watch/…`: the old way to ask for a watch. */
  readonly watchPath: boolean;
}

/** What a request asks for, https://kubernetes.io/docs/reference/using-api/api-concepts/. */
export interface RequestInfo {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** As authorization names it. */
  readonly verb: string;
  /** Absent: a request for a path such as `/version`. */
  readonly resource?: ResourcePath;
}

const VERBS: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Reads method and target of a request; 400 where the path is no valid URL. */
export function requestInfo(method: string, url: string): RequestInfo {
  const mark = url.indexOf('?');
  const path = decodePath(mark < 0 ? url : url.slice(0, mark));
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const resource = resourcePath(path);
  const verb = resource ? resourceVerb(method, resource, query) : method.toLowerCase();
  return { method, path, query, verb, ...(resource && { resource }) };
}

function decodePath(path: string): string {
  try {
    return path.includes('%') ? decodeURIComponent(path) : path;
  } catch (cause) {
    const [escape] = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(path) ?? [path];
    throw Object.assign(badRequest(`invalid URL escape ${JSON.stringify(escape)}`), { cause });
  }
}

function resourcePath(path: string): ResourcePath | undefined {
  const parts = path.replace(/^\/+|\/+$/g, '').split('/');
  const [prefix] = parts;
  if (prefix === 'api' && parts.length >= 3) return below('', parts[1] ?? '', parts.slice(2));
  if (prefix === 'apis' && parts.length >= 4) return below(parts[1] ?? '', parts[2] ?? '', parts.slice(3));
  return undefined;
}

function below(group: string, version: string, segments: readonly string[]): ResourcePath {
  const watchPath = segments[0] === 'watch' && segments.length > 1;
  const { namespace, rest } = namespaceOf(watchPath ? segments.slice(1) : segments);
  const [plural = '', name, subresource] = rest;
  return {
    group,
    version,
    plural,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    tooLong: rest.length > 3,
    watchPath,
  };
}

/** Splits `namespaces/<namespace>/` off; the path of a namespace itself keeps it. */
function namespaceOf(segments: readonly string[]): { namespace?: string; rest: readonly string[] } {
  const [first, namespace, next] = segments;
  if (first !== 'namespaces' || namespace === undefined) return { rest: segments };
  const own = next === undefined || NAMESPACE_SUBRESOURCES.has(next);
  return { namespace, rest: own ? segments : segments.slice(2) };
}

function resourceVerb(method: string, resource: ResourcePath, query: URLSearchParams): string {
  if (resource.watchPath) return 'watch';
  const verb = VERBS[method] ?? '';
  if (resource.name !== undefined) return verb;
  if (verb === 'get') return isTrue(query, 'watch') ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

/** For the authorizer and the audit log. */
export function attributesOf(info: RequestInfo, user: User): Attributes {
  const { resource, verb, path } = info;
  if (!resource) return { user, verb, path };
  const { group, version, plural, subresource, namespace } = resource;
  const name = resource.name ?? selectedName(info);
  return {
    user,
    verb,
    path,
    resource: {
      group,
      version,
      plural,
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    },
  };
}

/** Rights to one object suffice for a list or watch of it alone. */
function selectedName({ verb, query }: RequestInfo): string | undefined {
  if (verb !== 'list' && verb !== 'watch') return undefined;
  const [, name] = /(?:^|,)metadata\.name={1,2}([^,=!]+)/.exec(query.get('fieldSelector') ?? '') ?? [];
  return name;
}
