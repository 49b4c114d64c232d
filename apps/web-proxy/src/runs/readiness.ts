import type { Informer, KubeClient } from '@sympozium/kube';
import type { Clock } from '@sympozium/process';
import type { KeyRing } from '../keys/key-ring.js';

export interface ReadinessDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly keys: { readonly ring: KeyRing };
  readonly informers: readonly Pick<Informer<never>, 'name' | 'synced'>[];
}

/** How long an answer of the API server counts, and how long it may take. */
const FRESH_MS = 2_000;
const PATIENCE_MS = 2_000;

/** Whether requests should come here. */
export class Readiness {
  readonly #dependencies: ReadinessDependencies;
  #stopping = false;
  #reached: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  constructor(dependencies: ReadinessDependencies) {
    this.#dependencies = dependencies;
  }

  /** From now on no new requests are wanted. */
  stop(): void {
    this.#stopping = true;
  }

  /** What is missing; nothing when ready. */
  async missing(): Promise<string[]> {
    if (this.#stopping) return ['the proxy is stopping'];
    const { keys, informers } = this.#dependencies;
    return [
      ...(keys.ring.size === 0 ? ['no API key is loaded'] : []),
      ...informers.filter(({ synced }) => !synced).map(({ name }) => `${name} has not synced`),
      ...((await this.#reachable()) ? [] : ['the Kubernetes API server cannot be reached']),
    ];
  }

  #reachable(): Promise<boolean> {
    const now = this.#dependencies.clock.now();
    if (!this.#reached || now - this.#reached.at > FRESH_MS) this.#reached = { at: now, answer: this.#ask() };
    return this.#reached.answer;
  }

  async #ask(): Promise<boolean> {
    const { client, clock } = this.#dependencies;
    const impatience = new AbortController();
    const timer = clock.after(PATIENCE_MS, () => impatience.abort());
    try {
      await client.raw('GET', '/version', undefined, { signal: impatience.signal });
      return true;
    } catch {
      return false; // whatever it was, the answer is no
    } finally {
      timer.cancel();
    }
  }
}
