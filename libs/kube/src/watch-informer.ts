import type { KubeObject } from '@sympozium/api';
import { backoffMs, delay, type Clock, type Logger, type Random } from '@sympozium/process';
import type { KubeClient } from './client.js';
import { isGone, KubeError } from './error.js';
import type { Informer, InformerEvent, InformerOptions, Store } from './informer.js';
import { ObjectStore, storeKey } from './object-store.js';
import { listPages } from './pages.js';
import { isNewer } from './resource-version.js';
import { Watchdog } from './watchdog.js';

export interface InformerDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const PAGE = 500;
/** The server ends a watch after this time to twice of it, so that informers do not reconnect all at once. */
const WATCH_SECONDS = 300;
/** Bookmarks come every 60 to 75 s, so a longer silence is a dead connection. */
const SILENCE_MS = 90_000;
/** A lost event would stay lost; the list is read anew, after a watch has ended, when it is older than this. */
const RELIST_MS = 30 * 60_000;
/** A watch that lived as long as this worked, whatever ended it. */
const HEALTHY_MS = 5_000;
const BACKOFF = { initialMs: 100, maxMs: 30_000 };

/** An informer; see `Informer`. It lists and watches from `start()` until `stop()`. */
export function createInformer<T extends KubeObject>(
  dependencies: InformerDependencies,
  options: InformerOptions<T>,
): Informer<T> {
  return new WatchInformer(dependencies, options);
}

class WatchInformer<T extends KubeObject> implements Informer<T> {
  readonly name: string;
  readonly #dependencies: InformerDependencies;
  readonly #options: InformerOptions<T>;
  readonly #scope: { readonly namespace?: string; readonly labelSelector?: string; readonly fieldSelector?: string };
  readonly #store: ObjectStore<T>;
  readonly #handlers = new Set<(event: InformerEvent<T>) => void>();
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #synced = false;
  /** Where the next watch begins; undefined: a list is due. */
  #next: string | undefined;
  #seen: string | undefined;
  #relistAt = 0;
  #failures = 0;

  constructor(dependencies: InformerDependencies, options: InformerOptions<T>) {
    const { kind, namespace, labelSelector, fieldSelector } = options;
    this.name = `informer ${kind.plural}${namespace ? ` of ${namespace}` : ''}`;
    this.#dependencies = dependencies;
    this.#options = options;
    this.#store = new ObjectStore(options.indexes);
    this.#scope = {
      ...(namespace ? { namespace } : {}),
      ...(labelSelector ? { labelSelector } : {}),
      ...(fieldSelector ? { fieldSelector } : {}),
    };
  }

  get store(): Store<T> {
    return this.#store;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get resourceVersion(): string | undefined {
    return this.#seen;
  }

  onEvent(handler: (event: InformerEvent<T>) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  start(): Promise<void> {
    this.#stop = new AbortController();
    this.#next = undefined;
    return new Promise((resolve, reject) => {
      this.#running = this.#run(this.#stop.signal, resolve);
      this.#running.then(() => reject(new Error(`${this.name} was stopped before it had synced`)), reject);
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    // Nobody keeps what it holds up to date any more.
    this.#synced = false;
    for (const key of this.#store.keys()) this.#store.delete(key);
  }

  /** Lists, then watches; what fails is tried again, with a pause that grows while nothing works. */
  async #run(signal: AbortSignal, onSynced: () => void): Promise<void> {
    while (!signal.aborted) {
      if (this.#dependencies.clock.now() >= this.#relistAt) this.#next = undefined;
      try {
        if (this.#next === undefined) await this.#list(signal);
        this.#synced = true;
        onSynced();
        await this.#watch(this.#next ?? '', signal);
      } catch (error) {
        if (!signal.aborted) await this.#recover(error, signal);
      }
    }
  }

  /** A 410 means that a list is due; the first failure after a time of health costs no pause then. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#dependencies;
    const gone = isGone(error);
    if (gone) this.#next = undefined;
    const pauseMs =
      gone && this.#failures === 0 ? 0 : Math.max(backoffMs(BACKOFF, this.#failures, random), wait(error));
    this.#failures += 1;
    const doing = this.#next === undefined ? 'list' : 'watch';
    log[isRefusal(error) ? 'error' : gone ? 'info' : 'warn'](
      { err: error, informer: this.name, pauseMs },
      `cannot ${doing} ${this.#options.kind.plural}, trying again`,
    );
    if (pauseMs > 0) await delay(clock, pauseMs, signal).catch(() => {}); // stopped: the loop sees it
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, clock, random } = this.#dependencies;
    const { kind, pageSize = PAGE } = this.#options;
    const listed: T[] = [];
    const which = { ...this.#scope, limit: pageSize, signal };
    let version = '';
    for await (const { items, resourceVersion } of listPages(client, kind, which)) {
      for (const object of items) listed.push(this.#trimmed(object));
      version = resourceVersion;
    }
    this.#replace(listed);
    this.#next = version;
    this.#seen = version;
    this.#relistAt = clock.now() + RELIST_MS * (1 + random.float());
  }

  /** Takes a complete list, even where it is older: it is what the server has. What it lacks was deleted unseen. */
  #replace(listed: readonly T[]): void {
    const gone = new Set(this.#store.keys());
    for (const object of listed) {
      const { namespace, name, resourceVersion } = object.metadata;
      gone.delete(storeKey(namespace, name));
      if (this.#store.get(namespace, name)?.metadata.resourceVersion !== resourceVersion) this.#put(object);
    }
    for (const key of gone) this.#remove(key);
  }

  /** Follows the events from a version on until the server ends the watch; throws when anything else ends it. */
  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, clock, random } = this.#dependencies;
    const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + random.float()));
    const began = clock.now();
    const watchdog = new Watchdog(clock, SILENCE_MS, signal);
    try {
      const options = { ...this.#scope, resourceVersion, timeoutSeconds, signal: watchdog.signal };
      for await (const event of client.watch(this.#options.kind, options)) {
        watchdog.alive();
        this.#failures = 0;
        if (event.type === 'BOOKMARK') this.#advance(event.resourceVersion);
        else this.#take(event.type, event.object);
      }
    } finally {
      watchdog.end();
      if (clock.now() - began >= HEALTHY_MS) this.#failures = 0;
    }
    if (clock.now() - began < HEALTHY_MS) throw new KubeError(0, 'Unreachable', 'the watch ended at once');
  }

  #take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const { namespace, name, uid, resourceVersion = '' } = object.metadata;
    const known = this.#store.get(namespace, name);
    if (type === 'DELETED') {
      if (known?.metadata.uid === uid) this.#remove(storeKey(namespace, name), object);
    } else if (!known || isNewer(resourceVersion, known.metadata.resourceVersion ?? '')) {
      this.#put(this.#trimmed(object)); // what is not newer is a duplicate, or came late
    }
    this.#advance(resourceVersion);
  }

  #advance(resourceVersion: string): void {
    if (resourceVersion === '' || (this.#seen !== undefined && !isNewer(resourceVersion, this.#seen))) return;
    this.#seen = resourceVersion;
    this.#next = resourceVersion;
  }

  /** Another uid under the same name is another object: the old one was deleted. */
  #put(object: T): void {
    const { namespace, name, uid } = object.metadata;
    const known = this.#store.get(namespace, name);
    if (known && known.metadata.uid !== uid) this.#remove(storeKey(namespace, name));
    const old = this.#store.set(object);
    this.#emit(old ? { type: 'modified', object, old } : { type: 'added', object });
  }

  #remove(key: string, last?: T): void {
    const old = this.#store.delete(key);
    if (old) this.#emit({ type: 'deleted', object: last ? this.#trimmed(last) : old, old });
  }

  #trimmed(object: T): T {
    delete object.metadata.managedFields;
    return this.#options.trim?.(object) ?? object;
  }

  #emit(event: InformerEvent<T>): void {
    for (const handler of this.#handlers) {
      try {
        handler(event);
      } catch (error) {
        this.#dependencies.log.error({ err: error, informer: this.name }, 'event handler failed');
      }
    }
  }
}

/** Waiting alone will not help: rights, credentials or the kind itself are missing. */
const isRefusal = (error: unknown): boolean => error instanceof KubeError && [401, 403, 404].includes(error.status);

const wait = (error: unknown): number => (error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0);
