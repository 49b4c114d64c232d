import type { KubeObject } from '@sympozium/api';
import type { InformerDependencies } from '@sympozium/kube';
import { delay, type Runnable, type Timer } from '@sympozium/process';
import type { KindCache } from './kind-cache.js';

const LOOK_AGAIN_MS = 10_000;
/** A list usually takes no time; one that does not come, say for want of rights, holds nobody up. */
const PATIENCE_MS = 5_000;

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

  /** Resolves when the objects of each API that is there are known, or do not come. */
  async start(): Promise<void> {
    await this.#look();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer?.cancel();
    await Promise.all([...this.#started].map((cache) => cache.stop()));
  }

  async #look(): Promise<void> {
    await Promise.all(this.#caches.map((cache) => this.#follow(cache)));
    if (this.#stop.signal.aborted || this.#caches.length === 0) return;
    this.#timer = this.#dependencies.clock.after(LOOK_AGAIN_MS, () => void this.#look());
  }

  /** Starts or stops a cache as its kind comes and goes. */
  async #follow(cache: KindCache<KubeObject>): Promise<void> {
    const { client, log } = this.#dependencies;
    try {
      const isServed = await client.serves(cache.kind, { signal: this.#stop.signal });
      if (isServed === this.#started.has(cache)) return;
      await (isServed ? this.#begin(cache) : this.#end(cache));
    } catch (error) {
      if (!this.#stop.signal.aborted)
        log.warn({ err: error, kind: cache.kind.kind }, 'cannot look for an optional kind');
    }
  }

  async #begin(cache: KindCache<KubeObject>): Promise<void> {
    this.#started.add(cache);
    const over = new AbortController();
    const patience = delay(this.#dependencies.clock, PATIENCE_MS, AbortSignal.any([over.signal, this.#stop.signal]));
    // It rejects when it is stopped before, since its API has gone again.
    const known = cache.start().then(() => this.#changed(cache, true));
    await Promise.race([known, patience]).catch(() => {});
    over.abort();
  }

  async #end(cache: KindCache<KubeObject>): Promise<void> {
    this.#started.delete(cache);
    await cache.stop();
    this.#changed(cache, false);
  }

  #changed({ kind: { kind } }: KindCache<KubeObject>, isServed: boolean): void {
    this.#dependencies.log.info({ kind, isServed }, 'an optional kind came or went');
    for (const handler of this.#handlers) handler();
  }
}
