import type { KubeObject } from '@sympozium/api';
import { backoffMs, delay, type Clock, type Logger, type Random, type Timer } from '@sympozium/process';
import type { KubeClient } from './client.js';
import { isGone, KubeError } from './error.js';
import type { Informer, InformerEvent, InformerOptions, Store } from './informer.js';
import { ObjectStore, storeKey } from './object-store.js';
import { isNewer } from './resource-version.js';

export interface InformerDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const PAGE = 500;
/** The server ends a watch after this; bookmarks come about once a minute, so silence beyond it is a dead connection. */
const WATCH_SECONDS = 300;
const SILENCE_MS = 120_000;
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
  readonly #store: ObjectStore<T>;
  readonly #handlers = new Set<(event: InformerEvent<T>) => void>();
  #stop = new AbortController();
  #running: Promise<void> | undefined;
  #synced = false;
  #version: string | undefined;

  constructor(dependencies: InformerDependencies, options: InformerOptions<T>) {
    this.name = `informer ${options.kind.plural}${options.namespace ? ` of ${options.namespace}` : ''}`;
    this.#dependencies = dependencies;
    this.#options = options;
    this.#store = new ObjectStore(options.indexes);
  }

  get store(): Store<T> {
    return this.#store;
  }

  get synced(): boolean {
    return this.#synced;
  }

  get resourceVersion(): string | undefined {
    return this.#version;
  }

  onEvent(handler: (event: InformerEvent<T>) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  start(): Promise<void> {
    this.#stop = new AbortController();
    return new Promise((resolve, reject) => {
      this.#running = this.#run(resolve);
      this.#running.then(() => reject(new Error(`${this.name} was stopped before it had synced`)), reject);
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Lists, then watches; what fails is tried again, with a pause that grows while nothing works. */
  async #run(onSynced: () => void): Promise<void> {
    const { clock, random, log } = this.#dependencies;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted;) {
      try {
        if (this.#version === undefined) {
          await this.#list(signal);
          this.#synced = true;
          onSynced();
        }
        await this.#watch(signal, () => (failures = 0));
      } catch (error) {
        if (signal.aborted) return;
        if (isGone(error)) this.#version = undefined;
        if (isGone(error) && failures === 0) continue;
        const pause = Math.max(backoffMs(BACKOFF, failures++, random), retryAfter(error));
        log.warn({ err: error, pause, informer: this.name }, 'watch broke off, trying again');
        await delay(clock, pause, signal).catch(() => {}); // stopped: the loop sees it
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client } = this.#dependencies;
    const { kind, namespace, labelSelector, fieldSelector } = this.#options;
    const scope = { ...(namespace ? { namespace } : {}), ...(labelSelector ? { labelSelector } : {}) };
    const fields = fieldSelector ? { fieldSelector } : {};
    const listed: T[] = [];
    let token: string | undefined;
    let version = '';
    do {
      const page = await client.list(kind, {
        ...scope,
        ...fields,
        limit: PAGE,
        signal,
        ...(token ? { continue: token } : {}),
      });
      for (const object of page.items) listed.push(object);
      version = page.resourceVersion;
      token = page.continue;
    } while (token !== undefined);
    this.#replace(listed);
    this.#version = version;
  }

  /** Takes a complete list: what it lacks was deleted while nobody watched. */
  #replace(listed: readonly T[]): void {
    const gone = new Set(this.#store.keys());
    for (const object of listed) {
      gone.delete(storeKey(object.metadata.namespace, object.metadata.name));
      this.#put(object);
    }
    for (const key of gone) this.#remove(key);
  }

  async #watch(signal: AbortSignal, onAlive: () => void): Promise<void> {
    const { client } = this.#dependencies;
    const { kind, namespace, labelSelector, fieldSelector } = this.#options;
    const watchdog = new Watchdog(this.#dependencies.clock, signal);
    try {
      const events = client.watch(kind, {
        ...(namespace ? { namespace } : {}),
        ...(labelSelector ? { labelSelector } : {}),
        ...(fieldSelector ? { fieldSelector } : {}),
        resourceVersion: this.#version ?? '',
        timeoutSeconds: WATCH_SECONDS,
        signal: watchdog.signal,
      });
      for await (const event of events) {
        watchdog.alive();
        onAlive();
        if (event.type === 'BOOKMARK') this.#version = event.resourceVersion;
        else this.#take(event.type, event.object);
      }
    } finally {
      watchdog.end();
    }
  }

  #take(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    const version = object.metadata.resourceVersion ?? '';
    if (type === 'DELETED') {
      const key = storeKey(object.metadata.namespace, object.metadata.name);
      const known = this.#store.get(object.metadata.namespace, object.metadata.name);
      if (known?.metadata.uid === object.metadata.uid) this.#remove(key, object);
    } else {
      this.#put(object);
    }
    if (this.#version === undefined || isNewer(version, this.#version)) this.#version = version;
  }

  /** Ignores what is not newer than what is known (duplicates, late events); a new uid is another object. */
  #put(object: T): void {
    const { namespace, name, uid, resourceVersion = '' } = object.metadata;
    const known = this.#store.get(namespace, name);
    if (known && !isNewer(resourceVersion, known.metadata.resourceVersion ?? '')) return;
    if (known && known.metadata.uid !== uid) this.#remove(storeKey(namespace, name));
    delete object.metadata.managedFields;
    const kept = this.#options.trim?.(object) ?? object;
    const old = this.#store.set(kept);
    this.#emit(old ? { type: 'modified', object: kept, old } : { type: 'added', object: kept });
  }

  #remove(key: string, last?: T): void {
    const old = this.#store.delete(key);
    if (old) this.#emit({ type: 'deleted', object: last ?? old, old });
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

/** Ends a watch that has been silent for too long. */
class Watchdog {
  readonly #clock: Clock;
  readonly #silence = new AbortController();
  readonly signal: AbortSignal;
  #timer: Timer | undefined;
  #lastEvent: number;

  constructor(clock: Clock, stop: AbortSignal) {
    this.#clock = clock;
    this.#lastEvent = clock.now();
    this.signal = AbortSignal.any([stop, this.#silence.signal]);
    this.#arm(SILENCE_MS);
  }

  alive(): void {
    this.#lastEvent = this.#clock.now();
  }

  end(): void {
    this.#timer?.cancel();
  }

  #arm(ms: number): void {
    this.#timer = this.#clock.after(ms, () => {
      const left = this.#lastEvent + SILENCE_MS - this.#clock.now();
      if (left > 0) this.#arm(left);
      else this.#silence.abort(new KubeError(0, 'Unreachable', `the watch was silent for ${SILENCE_MS / 1000} s`));
    });
  }
}

const retryAfter = (error: unknown): number => (error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0);
