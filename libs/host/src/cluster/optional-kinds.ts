import type { KubeObject } from '@sympozium/api';
import type { InformerDependencies } from '@sympozium/kube';
import type { Runnable, Timer } from '@sympozium/process';
import type { KindCache } from './kind-cache.js';

const LOOK_AGAIN_MS = 30_000;

/** Caches of kinds whose API may be absent: each starts when the cluster serves it, now or later. */
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

  onAppeared(handler: () => void): void {
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
    const missing = this.#caches.filter((cache) => !this.#started.has(cache));
    const appeared = await Promise.all(missing.map((cache) => this.#tryStart(cache)));
    if (this.#stop.signal.aborted) return;
    if (appeared.includes(true)) for (const handler of this.#handlers) handler();
    if (appeared.includes(false)) this.#timer = this.#dependencies.clock.after(LOOK_AGAIN_MS, () => void this.#look());
  }

  /** Whether the kind is served and its objects are known now. */
  async #tryStart(cache: KindCache<KubeObject>): Promise<boolean> {
    const { client, log } = this.#dependencies;
    try {
      if (!(await client.serves(cache.kind, { signal: this.#stop.signal }))) return false;
      this.#started.add(cache);
      await cache.start();
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted)
        log.warn({ err: error, kind: cache.kind.kind }, 'cannot look for an optional kind');
      return false;
    }
  }
}
