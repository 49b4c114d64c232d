import type { Kind, KubeObject } from '@sympozium/api';
import type { Readable } from 'node:stream';
import { delay, systemClock, systemRandom, type Clock, type Random } from '@sympozium/process';
import { buildConnector, Client, Pool, type Dispatcher } from 'undici';
import { retryPause } from './call-retry.js';
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
import { isNotFound, KubeError } from './error.js';
import { resourcePath, withQuery, type Query } from './paths.js';
import { contentOf, statusError, transportError } from './responses.js';
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
  /** Most connections for JSON calls; each watch and log has its own. */
  readonly connections?: number;
  readonly userAgent?: string;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** An API server closes a connection that was idle for 90 s; one closed in mid-call would look like a lost call. */
const IDLE_MS = 60_000;
/** Longest silence of a server that owes an answer; beyond it the connection counts as dead. */
const SILENCE_MS = 60_000;

/** The Kubernetes API over pooled undici connections. */
export class HttpKubeClient implements KubeClient {
  readonly #connection: Connection;
  readonly #calls: Pool;
  readonly #newStream: () => Client;
  readonly #streams = new Set<Client>();
  readonly #userAgent: string;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(connection: Connection, options: HttpKubeClientOptions = {}) {
    const { connections = 32, userAgent = 'sympozium', clock = systemClock, random = systemRandom } = options;
    this.#connection = connection;
    this.#userAgent = userAgent;
    this.#clock = clock;
    this.#random = random;
    const common = { connect: buildConnector(tlsOptions(connection)), pipelining: 1, headersTimeout: SILENCE_MS };
    const idle = { keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS };
    this.#calls = new Pool(connection.server, { ...common, ...idle, connections, bodyTimeout: SILENCE_MS });
    this.#newStream = () => new Client(connection.server, { ...common, bodyTimeout: 0 });
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
    const body = await this.#stream(path, signal);
    try {
      yield* decodeWatch<T>(body);
    } catch (error) {
      throw transportError(error, signal);
    } finally {
      body.destroy();
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
    return this.#stream(path, signal);
  }

  raw(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<unknown> {
    return this.#call({ method: method as Dispatcher.HttpMethod, path, body, ...options });
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
    await Promise.all([this.#calls, ...this.#streams].map((connections) => connections.destroy()));
  }

  /** The content of a response of status 2xx. */
  #call(request: Request): Promise<unknown> {
    return this.#retrying(request, async () => contentOf(await this.#answer(this.#calls, request)));
  }

  /** The same where only JSON can be meant: what answers otherwise is no API server. */
  async #json<T>(request: Request): Promise<T> {
    const content = await this.#call(request);
    if (typeof content === 'object' && content !== null) return content as T;
    const asked = `${request.method} ${this.#connection.server}${request.path.split('?')[0] ?? ''}`;
    throw new KubeError(0, 'Unreachable', `${asked} was not answered with JSON; is that a Kubernetes API server?`);
  }

  /** A body that comes over a connection of its own, which ends with it. */
  async #stream(path: string, signal: AbortSignal | undefined): Promise<Readable> {
    const request: Request = { method: 'GET', path, ...(signal ? { signal } : {}) };
    const stream = this.#newStream();
    this.#streams.add(stream);
    const end = (): void => {
      this.#streams.delete(stream);
      stream.destroy().catch(() => {}); // it is gone already
    };
    try {
      const { body } = await this.#retrying(request, () => this.#answer(stream, request));
      return body.once('close', end);
    } catch (error) {
      end();
      throw error;
    }
  }

  async #retrying<R>({ method, signal }: Request, attempt: () => Promise<R>): Promise<R> {
    for (let retries = 0; ; retries++) {
      try {
        return await attempt();
      } catch (thrown) {
        const error = transportError(thrown, signal);
        const pause = retryPause(error, method, retries, this.#random);
        if (pause === undefined) throw error;
        if (pause > 0) await delay(this.#clock, pause, signal);
      }
    }
  }

  /** A 401 is tried once more with fresh credentials. */
  async #answer(over: Dispatcher, request: Request): Promise<Dispatcher.ResponseData> {
    let response = await this.#send(over, request, false);
    if (response.statusCode === 401 && this.#connection.headers) {
      await response.body.dump();
      response = await this.#send(over, request, true);
    }
    if (response.statusCode < 300) return response;
    throw await statusError(response);
  }

  async #send(over: Dispatcher, request: Request, fresh: boolean): Promise<Dispatcher.ResponseData> {
    const { method, path, body, contentType = 'application/json', signal } = request;
    const credentials = await this.#credentials(fresh);
    return await over.request({
      method,
      path,
      headers: {
        accept: 'application/json, */*', // as client-go: not everything is JSON (/openid/v1/jwks)
        'user-agent': this.#userAgent,
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...credentials,
      },
      body: body === undefined ? null : JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
  }

  async #credentials(fresh: boolean): Promise<Readonly<Record<string, string>>> {
    try {
      return (await this.#connection.headers?.(fresh)) ?? {};
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new KubeError(0, 'NoCredentials', `the credentials cannot be had: ${message}`, { cause: error });
    }
  }
}

const tlsOptions = ({ ca, cert, key, serverName, insecure }: Connection) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
  ...(serverName === undefined ? {} : { servername: serverName }),
  ...(insecure ? { rejectUnauthorized: false } : {}),
});

const writeQuery = ({ fieldManager, dryRun }: WriteOptions): Query => ({
  fieldManager,
  dryRun: dryRun ? 'All' : undefined,
});

const subresourceOf = ({ subresource }: WriteOptions) => (subresource === undefined ? {} : { subresource });

const signalOf = ({ signal }: CallOptions) => (signal === undefined ? {} : { signal });
