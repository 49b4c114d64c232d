import type { Kind, KubeObject } from '@sympozium/api';
import { Readable } from 'node:stream';
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
} from '../client.js';
import { KubeError } from '../error.js';
import { Calls, isWrite, type Call, type Interception } from './calls.js';
import { FakeApiServer, type FakeApiServerOptions } from './fake-api-server.js';
import { notFound, without } from './object-rules.js';
import { WatchStreams } from './watch-streams.js';

export interface FakeKubeClientOptions extends FakeApiServerOptions {
  /** Several clients may share a server; each has its own record of calls, faults and watches. */
  readonly server?: FakeApiServer;
}

const POD: Kind = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

/**
 * A client of an API server in memory, for unit tests: real semantics for what Sympozium uses, a record of all calls,
 * and faults on demand. Its server's state is at hand as `server`.
 */
export class FakeKubeClient implements KubeClient {
  readonly server: FakeApiServer;
  /** The open watches; freezes, breaks, drops, delays or duplicates their events. */
  readonly watches: WatchStreams;
  readonly #calls = new Calls();
  readonly #logs = new Map<string, string | Uint8Array>();
  readonly #raw = new Map<string, (body: unknown) => unknown>([['GET /version', () => ({ gitVersion: 'v1.37.2' })]]);
  #closed = false;

  constructor({ server, ...options }: FakeKubeClientOptions = {}) {
    this.server = server ?? new FakeApiServer(options);
    this.watches = new WatchStreams(this.server);
  }

  /** All calls so far, in order. */
  get calls(): readonly Call[] {
    return this.#calls.made;
  }

  /** The calls so far that change the server. */
  get writes(): readonly Call[] {
    return this.#calls.made.filter(isWrite);
  }

  forgetCalls(): void {
    this.#calls.forget();
  }

  /** Makes something happen at certain calls. Returns its removal. */
  intercept(interception: Interception): () => void {
    return this.#calls.intercept(interception);
  }

  /** Makes the first call that matches fail, before or (reply lost) after its effect. Returns its removal. */
  fail(
    matches: (call: Call) => boolean,
    error: Error,
    { when = 'before', ...which }: { when?: 'before' | 'after'; nth?: number; times?: number } = {},
  ): () => void {
    return this.intercept({ matches, ...which, [when]: () => Promise.reject(error) });
  }

  /** What `logs` gives for a container. */
  setLog(pod: ObjectKey, container: string, content: string | Uint8Array): void {
    this.#logs.set(logKey(pod, container), content);
  }

  /** Answers a `raw` call, such as `GET /openid/v1/jwks`. */
  onRaw(method: string, path: string, answer: (body: unknown) => unknown): void {
    this.#raw.set(`${method} ${path}`, answer);
  }

  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options: CallOptions = {}): Promise<T> {
    return this.#run({ verb: 'get', kind, ...key, options }, options, () => this.server.get(kind, key) as T);
  }

  list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}): Promise<KubeList<T>> {
    const call = { verb: 'list', kind, ...named(options), options } as const;
    return this.#run(call, options, () => this.server.list(kind, options) as KubeList<T>);
  }

  async *watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const call = { verb: 'watch', kind, ...named(options), options } as const;
    const events = await this.#run(call, options, () => this.watches.open(kind, options));
    yield* events as AsyncGenerator<WatchEvent<T>>;
  }

  create<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const call = { verb: 'create', kind, ...named(object.metadata), body: structuredClone(object), options } as const;
    return this.#run(call, options, () => this.server.create(kind, object, options) as T);
  }

  replace<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const body = structuredClone(object);
    const call = { verb: 'replace', kind, ...named(object.metadata), ...sub(options), body, options } as const;
    return this.#run(call, options, () => this.server.replace(kind, object, options) as T);
  }

  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options: WriteOptions = {}): Promise<T> {
    const call = { verb: 'patch', kind, ...key, ...sub(options), body: structuredClone(patch), options } as const;
    return this.#run(call, options, () => this.server.patch(kind, key, patch, options) as T);
  }

  delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const call = { verb: 'delete', kind, ...key, options } as const;
    return this.#run(call, options, () => this.server.delete(kind, key, options));
  }

  logs(pod: ObjectKey, options: LogOptions): Promise<Readable> {
    return this.#run({ verb: 'logs', kind: POD, ...pod, options: { ...options } }, options, () => {
      const content = this.#logs.get(logKey(pod, options.container));
      if (content === undefined) throw notFound(POD, pod.name);
      return Readable.from([Buffer.from(content).subarray(0, options.limitBytes)], { objectMode: false });
    });
  }

  raw(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<unknown> {
    const request = `${method} ${path}`;
    return this.#run({ verb: 'raw', request, body, options }, options, () => {
      const answer = this.#raw.get(request);
      if (!answer) throw new KubeError(404, 'NotFound', `the server could not find the requested resource ${path}`);
      return answer(body);
    });
  }

  serves(kind: Kind, options: CallOptions = {}): Promise<boolean> {
    return this.#run({ verb: 'serves', kind, options }, options, () => this.server.serves(kind));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.watches.break(closedError());
  }

  async #run<R>(
    call: Omit<Call, 'options'> & { options: object },
    { signal }: CallOptions,
    effect: () => R,
  ): Promise<R> {
    if (this.#closed) throw closedError();
    signal?.throwIfAborted();
    const options = { ...without(call.options, 'signal') };
    const running = this.#calls.run({ ...call, options }, () => {
      signal?.throwIfAborted();
      return effect();
    });
    return signal ? await untilAborted(running, signal) : await running;
  }
}

/** A caller that gave up hears so at once, though the call may yet have its effect. */
function untilAborted<R>(running: Promise<R>, signal: AbortSignal): Promise<R> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const closedError = (): KubeError => new KubeError(0, 'Unreachable', 'the client is closed');

const logKey = ({ namespace = '', name }: ObjectKey, container: string): string => `${namespace}/${name}/${container}`;

const named = ({ namespace, name }: { namespace?: string; name?: string }) => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(name === undefined ? {} : { name }),
});

const sub = ({ subresource }: WriteOptions) => (subresource === undefined ? {} : { subresource });
