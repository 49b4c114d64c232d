import type { Kind, KubeObject } from '@sympozium/api';
import {
  KubeError,
  type CallOptions,
  type DeleteOptions,
  type KubeClient,
  type KubeList,
  type ListOptions,
  type ObjectKey,
  type Patch,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from '@sympozium/kube';
import type { Clock } from '@sympozium/process';
import type { Readable } from 'node:stream';
import { ApiError, noSuchPath } from './api-error.js';
import type { ApiObject, ObjectName } from './api-object.js';
import type { User } from './auth/auth.js';
import { clone } from './clone.js';
import { LocalWatch } from './local-watch.js';
import type { ObjectApi, PatchRequest, WriteParameters } from './rest/object-api.js';
import type { Resource, ResourceRegistry } from './resources/resource.js';

export interface LocalKubeClientOptions {
  readonly api: ObjectApi;
  readonly registry: ResourceRegistry;
  /** As whom it acts. Nobody asks what that user may do: it is part of the server. */
  readonly user: User;
  readonly clock: Clock;
  /** Of the last committed change, for bookmarks. */
  readonly revision: () => number;
  /** Field manager of writes that name none; default: the user's name. */
  readonly fieldManager?: string;
  /** Answers `raw`; absent: nothing is served there. */
  readonly raw?: (method: string, path: string, body: unknown) => Promise<unknown>;
}

/**
 * The API for controllers in the server's own process, without HTTP. What it is given and what it gives are copies, as
 * over a wire.
 */
export class LocalKubeClient implements KubeClient {
  readonly #options: LocalKubeClientOptions;
  readonly #watches = new Set<LocalWatch>();

  constructor(options: LocalKubeClientOptions) {
    this.#options = options;
  }

  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options: CallOptions = {}): Promise<T> {
    return this.#call(
      options.signal,
      () => clone(this.#options.api.get(this.#resource(kind), nameIn(kind, key))) as T & ApiObject,
    );
  }

  list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    const { signal, namespace, ...parameters } = options;
    return this.#call(signal, () => {
      const list = this.#options.api.list(this.#resource(kind), { ...parameters, ...scopeOf(kind, namespace) });
      return {
        items: list.items.map((item) => clone(item) as T & ApiObject),
        resourceVersion: list.resourceVersion,
        ...(list.continue !== undefined && { continue: list.continue }),
      };
    });
  }

  async *watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const { signal, namespace, timeoutSeconds, ...parameters } = options;
    signal?.throwIfAborted();
    const { api, clock, revision } = this.#options;
    const watch = new LocalWatch({ clock, revision, ...(timeoutSeconds !== undefined && { timeoutSeconds }) });
    this.#watches.add(watch);
    let unwatch = (): void => {};
    try {
      const selected = { ...parameters, ...scopeOf(kind, namespace), allowWatchBookmarks: true };
      unwatch = api.watch(this.#resource(kind), selected, (event) => watch.push(event));
      yield* watch.events(signal) as AsyncGenerator<WatchEvent<T>>;
    } catch (error) {
      throw signal?.aborted ? error : kubeError(error);
    } finally {
      unwatch();
      watch.end();
      this.#watches.delete(watch);
    }
  }

  create<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const { namespace } = scopeOf(kind, object.metadata.namespace);
    return this.#call(options.signal, async () => {
      const created = this.#options.api.create(
        this.#resource(kind),
        namespace,
        wire(object),
        this.#parameters(options),
      );
      return clone(await created) as T & ApiObject;
    });
  }

  replace<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const name = nameIn(kind, object.metadata);
    return this.#written(options, (parameters) =>
      this.#options.api.update(this.#resource(kind), name, wire(object), parameters),
    );
  }

  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options: WriteOptions = {}): Promise<T> {
    return this.#written(options, (parameters) =>
      this.#options.api.patch(this.#resource(kind), nameIn(kind, key), requestOf(patch), parameters),
    );
  }

  delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const { signal, uid, resourceVersion, ...rest } = options;
    const preconditions = {
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
    };
    return this.#call(signal, async () => {
      const request = { ...rest, preconditions };
      await this.#options.api.delete(this.#resource(kind), nameIn(kind, key), request, this.#parameters({}));
    });
  }

  logs(pod: ObjectKey): Promise<Readable> {
    return Promise.reject(notServed(`the log of Pod ${pod.name}`));
  }

  raw(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<unknown> {
    const { raw } = this.#options;
    if (!raw) return Promise.reject(notServed(`${method} ${path}`));
    return this.#call(options.signal, async () =>
      clone(await raw(method, path, body === undefined ? undefined : wire(body))),
    );
  }

  serves(kind: Kind, options: CallOptions = {}): Promise<boolean> {
    return this.#call(options.signal, () => this.#find(kind) !== undefined);
  }

  close(): Promise<void> {
    for (const watch of this.#watches) watch.end();
    return Promise.resolve();
  }

  #written<T extends KubeObject>(
    options: WriteOptions,
    write: (parameters: WriteParameters) => Promise<{ object: ApiObject }>,
  ): Promise<T> {
    return this.#call(
      options.signal,
      async () => clone((await write(this.#parameters(options))).object) as T & ApiObject,
    );
  }

  async #call<R>(signal: AbortSignal | undefined, answer: () => R | Promise<R>): Promise<R> {
    signal?.throwIfAborted();
    try {
      return await answer();
    } catch (error) {
      throw kubeError(error);
    }
  }

  #parameters({ fieldManager, dryRun = false, subresource }: WriteOptions): WriteParameters {
    const { user, fieldManager: own = user.name } = this.#options;
    const written = {
      user,
      fieldManager: fieldManager ?? own,
      dryRun,
      fieldValidation: 'Warn',
      warn: () => {},
    } as const;
    return subresource === undefined ? written : { ...written, subresource };
  }

  #resource(kind: Kind): Resource {
    const resource = this.#find(kind);
    if (!resource) throw noSuchPath();
    return resource;
  }

  #find({ apiVersion, plural }: Kind): Resource | undefined {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    return this.#options.registry.find(group ?? '', version ?? '', plural);
  }
}

const scopeOf = ({ namespaced }: Kind, namespace: string | undefined): { namespace?: string } =>
  namespaced && namespace !== undefined ? { namespace } : {};

const nameIn = (kind: Kind, { namespace, name }: ObjectKey): ObjectName => ({ ...scopeOf(kind, namespace), name });

/** A copy as JSON brings it over. */
const wire = (body: unknown): unknown => JSON.parse(JSON.stringify(body));

function requestOf(patch: Patch): PatchRequest {
  const body = wire(patch.body);
  if (patch.type === 'apply') return { type: 'apply', body, force: patch.force ?? false };
  return { type: patch.type, body };
}

/** A refusal as a client over HTTP sees it. */
function kubeError(error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  if (!(error instanceof ApiError)) return new KubeError(500, 'InternalError', String(error), { cause: error });
  const { code, reason, message, details } = error;
  const seconds = details?.retryAfterSeconds;
  return new KubeError(code, reason, message, {
    cause: error,
    ...(seconds !== undefined && { retryAfterMs: seconds * 1000 }),
  });
}

const notServed = (what: string): KubeError =>
  new KubeError(501, 'NotImplemented', `${what} is not served within the process; use the server's address`);
