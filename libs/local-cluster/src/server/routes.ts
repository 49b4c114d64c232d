import { ApiError, notFound, notImplemented, noSuchPath } from '../api-error.js';
import type { Resource, ResourceRegistry, Verb } from '../resources/resource.js';
import { readBody } from './body.js';
import { decodeWhole } from './decoding.js';
import type { Exchange } from './exchange.js';
import { handlerKey, type Handler, type Handlers } from './handlers.js';
import { writeOptions } from './options.js';
import type { PodRoads } from './parts/pod-roads.js';
import type { ResourcePath } from './request-info.js';
import { methodNotServed } from './status.js';
import { nameOf, type Target, type Verbs } from './verbs.js';
import type { Watches } from './watch.js';

export interface RoutesOptions {
  readonly registry: ResourceRegistry;
  readonly verbs: Verbs;
  readonly watches: Watches;
  readonly handlers: Handlers;
  readonly pods: PodRoads;
}

/** Where Go's mux ends: an answer in plain text. */
export class NoSuchPage extends Error {
  override readonly name = 'NoSuchPage';
}

const COLLECTION: Readonly<Record<string, Verb>> = { GET: 'list', POST: 'create', DELETE: 'deletecollection' };
const ITEM: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const PART: Readonly<Record<string, Verb>> = { GET: 'get', PUT: 'update', PATCH: 'patch' };
/** Subresources of the real server that need a container to talk to. */
const NOT_SERVED = new Set(['attach', 'exec', 'portforward', 'proxy', 'ephemeralcontainers', 'resize']);

/** Finds what serves a request below `/api` and `/apis`, and has it served. */
export class Routes {
  readonly #options: RoutesOptions;

  constructor(options: RoutesOptions) {
    this.#options = options;
  }

  async serve(exchange: Exchange, path: ResourcePath): Promise<void> {
    const resource = this.#find(path);
    if (path.tooLong) throw noSuchPath();
    if (path.watchPath) return this.#watch(exchange, resource, path);
    if (path.subresource !== undefined) return this.#part(exchange, resource, path, path.subresource);
    const target = targetOf(resource, path);
    return path.name === undefined ? this.#collection(exchange, target) : this.#item(exchange, target);
  }

  #find(path: ResourcePath): Resource {
    const { registry } = this.#options;
    const resource = registry.find(path.group, path.version, path.plural);
    if (!resource) throw this.#unknown(path);
    if (isPlaced(resource, path)) return resource;
    throw resource.custom ? new NoSuchPage(path.plural) : noSuchPath();
  }

  /** Groups of built-in kinds answer as such; of others, nobody has ever heard. */
  #unknown({ group }: ResourcePath): Error {
    const known = this.#options.registry.all().some((resource) => resource.group === group && !resource.custom);
    return known ? noSuchPath() : new NoSuchPage(group);
  }

  #watch(exchange: Exchange, resource: Resource, selected: ResourcePath): void {
    if (exchange.info.method !== 'GET' || !resource.verbs.includes('watch')) throw notAllowed(exchange, resource);
    this.#options.watches.serve(exchange, resource, selected);
  }

  #collection(exchange: Exchange, target: Target): Promise<void> | void {
    const { verbs, watches } = this.#options;
    const verb = this.#verb(exchange, target.resource, COLLECTION);
    const everywhere = target.resource.namespaced && target.namespace === undefined;
    if (everywhere && verb !== 'list') throw notAllowed(exchange, target.resource);
    if (exchange.info.verb === 'watch') return watches.serve(exchange, target.resource, target);
    if (verb === 'list') return verbs.list(exchange, target);
    if (verb === 'deletecollection') return verbs.deleteCollection(exchange, target);
    const handler = this.#options.handlers.get(handlerKey(target.resource));
    return handler ? this.#handle(exchange, target, handler) : verbs.create(exchange, target);
  }

  #item(exchange: Exchange, target: Target): Promise<void> | void {
    const { verbs } = this.#options;
    const verb = this.#verb(exchange, target.resource, ITEM);
    if (verb === 'get') return verbs.get(exchange, target);
    if (verb === 'update') return verbs.update(exchange, target);
    return verb === 'patch' ? verbs.patch(exchange, target) : verbs.delete(exchange, target);
  }

  #verb(exchange: Exchange, resource: Resource, verbs: Readonly<Record<string, Verb>>): Verb {
    const verb = verbs[exchange.info.method];
    if (!verb || !resource.verbs.includes(verb)) throw notAllowed(exchange, resource);
    return verb;
  }

  async #part(exchange: Exchange, resource: Resource, path: ResourcePath, part: string): Promise<void> {
    const target = targetOf(resource, path);
    if ((part === 'status' || part === 'scale') && resource.subresources[part]) {
      return this.#stored(exchange, { ...target, subresource: part });
    }
    if (part === 'log' && handlerKey(resource) === '/pods') return this.#log(exchange, path);
    return this.#other(exchange, target, part);
  }

  #other(exchange: Exchange, target: Target, part: string): Promise<void> {
    const { resource } = target;
    const listed = resource.subresources.others?.find(({ name }) => name === part);
    const handler = this.#options.handlers.get(handlerKey(resource, part));
    if (!handler) throw unservedPart(target, part, listed !== undefined);
    const method = listed?.verbs.includes('update') ? 'PUT' : 'POST';
    if (exchange.info.method !== method) throw methodNotServed();
    return this.#handle(exchange, target, handler, listed);
  }

  #stored(exchange: Exchange, target: Target): Promise<void> {
    const { verbs } = this.#options;
    const verb = PART[exchange.info.method];
    if (verb === 'get') return verbs.get(exchange, target);
    if (verb === 'update') return verbs.update(exchange, target);
    if (verb === 'patch') return verbs.patch(exchange, target);
    throw notAllowed(exchange, target.resource);
  }

  #log(exchange: Exchange, path: ResourcePath): Promise<void> {
    if (exchange.info.method !== 'GET') throw methodNotServed();
    return this.#options.pods.log(exchange, nameOf(path));
  }

  async #handle(
    exchange: Exchange,
    { resource, namespace, name }: Target,
    handler: Handler,
    expected: { kind: string; version?: string } = resource,
  ): Promise<void> {
    const { encoding, pretty } = exchange.negotiate();
    const { info, request, user, warn } = exchange;
    const bytes = await readBody(request);
    const { dryRun, fieldManager, fieldValidation } = writeOptions('CreateOptions', info.query, exchange.userAgent);
    const kind = { kind: expected.kind, version: expected.version ?? resource.version };
    const body = decodeWhole(bytes, request.headers['content-type'], kind, { fieldValidation, warn });
    const place = { ...(namespace !== undefined && { namespace }), ...(name !== undefined && { name }) };
    const answer = await handler({ resource, ...place, body, user, dryRun, fieldManager, warn });
    await exchange.send(info.method === 'POST' ? 201 : 200, answer, { encoding, pretty });
  }
}

/** Whether the path has a namespace exactly where the kind has one; only lists go across all namespaces. */
function isPlaced({ namespaced, plural, group }: Resource, path: ResourcePath): boolean {
  if (namespaced) return path.namespace !== undefined || path.name === undefined;
  return path.namespace === undefined || (group === '' && plural === 'namespaces');
}

/** A namespace's own path names it twice over; it lies in none. */
function targetOf(resource: Resource, { namespace, name }: ResourcePath): Target {
  return {
    resource,
    ...(resource.namespaced && namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

function notAllowed(exchange: Exchange, { custom, group, plural }: Resource): ApiError {
  if (!custom) return methodNotServed();
  const message = `${exchange.info.verb} is not supported on resources of kind "${plural}.${group}"`;
  return new ApiError(405, 'MethodNotAllowed', message, { group, kind: plural });
}

/** The real server takes an unknown part of a custom resource for an object that is not there. */
function unservedPart({ resource, name = '' }: Target, part: string, isListed: boolean): ApiError {
  if (isListed || NOT_SERVED.has(part)) return notHere(resource, part);
  return resource.custom ? notFound(resource, name) : noSuchPath();
}

const notHere = ({ plural }: Resource, part: string): ApiError =>
  notImplemented(`${plural}/${part} is not served by the embedded API: use a real cluster for it`);
