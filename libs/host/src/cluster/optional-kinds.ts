import type { KubeObject } from '@sympozium/api';
import type { InformerDependencies } from '@sympozium/kube';
import type { Runnable, Timer } from '@sympozium/process';
import type { KindCache } from './kind-cache.js';

const LOOK_AGAIN_MS = 10_000;

/** Caches of kinds whose API may be absent: each runs as long as the cluster serves its kind. */
export class OptionalKinds implements Runnable {
  readonly name = 'optional kinds';
  readonly #dependencies: InformerDependencies;
  readonly #caches: readonly KindCache<KubeObject>[];
  readonly #started = new Set<KindCache<KubeObject>>();
  readonly #handlers: (() => void)[] = [];
  readonly #stop = new AbortController();
  #timer: Timer | undefined;

  constructor(dependencies: InformerDependencies, caches: readonly KindCache<KubeObject>[]) {
    this.#dependencies = dependencies;
    this.#caches = caches;
  }

  has(cache: KindCache<KubeObject>): boolean {
    return this.#caches.includes(cache);
  }

  /** Calls `handler` when an API has appeared and its objects are known, or has gone. */
  onChanged(handler: () => void): void {
    this.#handlers.push(handler);
  }

  async start(): Promise<void> {
    await this.#look();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await Promise.all([...this.#started].map((cache) => cache.stop()));
  }

  async #look(): Promise<void> {
    const changed = await Promise.all(this.#caches.map((cache) => this.#follow(cache)));
    if (this.#stop.signal.aborted) return;
    if (changed.includes(true)) for (const handler of this.#handlers) handler();
    if (this.#caches.length > 0) this.#timer = this.#dependencies.clock.after(LOOK_AGAIN_MS, () => void this.#look());
  }

  /** Starts or stops a cache as its kind comes and goes; whether it did. */
  async #follow(cache: KindCache<KubeObject>): Promise<boolean> {
    const { client, log } = this.#dependencies;
    try {
      const isServed = await client.serves(cache.kind, { signal: this.#stop.signal });
      if (isServed === this.#started.has(cache)) return false;
      await (isServed ? this.#begin(cache) : this.#end(cache));
      log.info({ kind: cache.kind.kind, isServed }, 'an optional kind came or went');
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted)
        log.warn({ err: error, kind: cache.kind.kind }, 'cannot look for an optional kind');
      return false;
    }
  }

  async #begin(cache: KindCache<KubeObject>): Promise<void> {
    this.#started.add(cache);
    await cache.start();
  }

  async #end(cache: KindCache<KubeObject>): Promise<void> {
    this.#started.delete(cache);
    await cache.stop();
  }
}
