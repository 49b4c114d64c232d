import type { Kind, KubeObject } from '@sympozium/api';
import type { Readable } from 'node:stream';
import { Pool, type Dispatcher } from 'undici';
import type {
  CallOptions,
  DeleteOptions,
  KubeClient,
  KubeList,
  ListOptions,
  LogOptions,
  ObjectKey,
  Patch,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.js';
import type { Connection } from './connection.js';
import { isNotFound } from './error.js';
import { resourcePath, withQuery, type Query } from './paths.js';
import { transportError, statusError } from './responses.js';
import { decodeWatch } from './watch-stream.js';

const PATCH_TYPE = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

interface Request extends CallOptions {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface HttpKubeClientOptions {
  /** Most connections for JSON calls; watches and logs have their own. */
  readonly connections?: number;
  readonly userAgent?: string;
}

/** The Kubernetes API over pooled undici connections. */
export class HttpKubeClient implements KubeClient {
  readonly #connection: Connection;
  readonly #calls: Pool;
  readonly #streams: Pool;
  readonly #userAgent: string;

  constructor(connection: Connection, { connections = 32, userAgent = 'sympozium' }: HttpKubeClientOptions = {}) {
    this.#connection = connection;
    this.#userAgent = userAgent;
    const { ca, cert, key, serverName, insecure } = connection;
    const connect = {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(insecure ? { rejectUnauthorized: false } : {}),
    };
    this.#calls = new Pool(connection.server, { connect, connections, pipelining: 1, headersTimeout: 60_000 });
    this.#streams = new Pool(connection.server, { connect, connections: null, bodyTimeout: 0, headersTimeout: 60_000 });
  }

  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options: CallOptions = {}): Promise<T> {
    return this.#json<T>({ method: 'GET', path: resourcePath(kind, key), ...options });
  }

  async list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    const { namespace, signal, ...query } = options;
    const path = withQuery(resourcePath(kind, namespace === undefined ? {} : { namespace }), { ...query });
    type Raw = { items: T[] | null; metadata: { resourceVersion: string; continue?: string } };
    const { items, metadata } = await this.#json<Raw>({ method: 'GET', path, ...(signal ? { signal } : {}) });
    for (const item of items ?? []) {
      item.apiVersion ??= kind.apiVersion; // items of a list of built-in kinds come without their type
      item.kind ??= kind.kind;
    }
    return {
      items: items ?? [],
      resourceVersion: metadata.resourceVersion,
      ...(metadata.continue ? { continue: metadata.continue } : {}),
    };
  }

  async *watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const { namespace, signal, ...query } = options;
    const path = withQuery(resourcePath(kind, namespace === undefined ? {} : { namespace }), {
      ...query,
      watch: true,
      allowWatchBookmarks: true,
    });
    const response = await this.#request(this.#streams, { method: 'GET', path, ...(signal ? { signal } : {}) });
    try {
      yield* decodeWatch<T>(response.body);
    } catch (error) {
      throw transportError(error);
    } finally {
      response.body.destroy();
    }
  }

  create<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const { namespace } = object.metadata;
    const path = withQuery(resourcePath(kind, namespace === undefined ? {} : { namespace }), writeQuery(options));
    return this.#json<T>({ method: 'POST', path, body: object, ...signalOf(options) });
  }

  replace<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const path = withQuery(resourcePath(kind, { ...object.metadata, ...subresourceOf(options) }), writeQuery(options));
    return this.#json<T>({ method: 'PUT', path, body: object, ...signalOf(options) });
  }

  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options: WriteOptions = {}): Promise<T> {
    const force = patch.type === 'apply' && patch.force === true;
    const path = withQuery(resourcePath(kind, { ...key, ...subresourceOf(options) }), {
      ...writeQuery(options),
      force,
    });
    return this.#json<T>({
      method: 'PATCH',
      path,
      body: patch.body,
      contentType: PATCH_TYPE[patch.type],
      ...signalOf(options),
    });
  }

  async delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, signal, ...rest } = options;
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions, ...rest };
    await this.#json({ method: 'DELETE', path: resourcePath(kind, key), body, ...(signal ? { signal } : {}) });
  }

  async logs(pod: ObjectKey, options: LogOptions): Promise<Readable> {
    const { signal, ...query } = options;
    const path = withQuery(resourcePath(POD, { ...pod, subresource: 'log' }), { ...query });
    const response = await this.#request(this.#streams, { method: 'GET', path, ...(signal ? { signal } : {}) });
    return response.body;
  }

  raw(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.#json({ method: method as Dispatcher.HttpMethod, path, body, ...options });
  }

  async serves(kind: Kind, options: CallOptions = {}): Promise<boolean> {
    const root = kind.apiVersion.includes('/') ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
    try {
      const { resources } = (await this.raw('GET', root, undefined, options)) as { resources: { name: string }[] };
      return resources.some((resource) => resource.name === kind.plural);
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#calls.destroy(), this.#streams.destroy()]);
  }

  async #json<T>(request: Request): Promise<T> {
    const response = await this.#request(this.#calls, request);
    try {
      return (await response.body.json()) as T;
    } catch (error) {
      throw transportError(error);
    }
  }

  /** A response of status 2xx; a 401 is tried once more with fresh credentials. */
  async #request(pool: Pool, request: Request): Promise<Dispatcher.ResponseData> {
    let response = await this.#send(pool, request, false);
    if (response.statusCode === 401 && this.#connection.headers) {
      await response.body.dump();
      response = await this.#send(pool, request, true);
    }
    if (response.statusCode < 300) return response;
    throw await statusError(response);
  }

  async #send(pool: Pool, request: Request, fresh: boolean): Promise<Dispatcher.ResponseData> {
    const { method, path, body, contentType = 'application/json', signal } = request;
    const credentials = await this.#connection.headers?.(fresh);
    try {
      return await pool.request({
        method,
        path,
        headers: {
          accept: 'application/json',
          'user-agent': this.#userAgent,
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...credentials,
        },
        body: body === undefined ? null : JSON.stringify(body),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      throw transportError(error);
    }
  }
}

const writeQuery = ({ fieldManager, dryRun }: WriteOptions): Query => ({
  fieldManager,
  dryRun: dryRun ? 'All' : undefined,
});

const subresourceOf = ({ subresource }: WriteOptions) => (subresource === undefined ? {} : { subresource });

const signalOf = ({ signal }: CallOptions) => (signal === undefined ? {} : { signal });
