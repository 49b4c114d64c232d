import { ApiReach, type Informer, type KubeClient } from '@sympozium/kube';
import type { Clock } from '@sympozium/process';
import type { KeyRing } from '../keys/key-ring.js';

export interface ReadinessDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly keys: { readonly ring: KeyRing };
  readonly informers: readonly Pick<Informer<never>, 'name' | 'synced'>[];
}

/** Whether requests should come here. */
export class Readiness {
  readonly #dependencies: ReadinessDependencies;
  readonly #api: ApiReach;
  #stopping = false;

  constructor(dependencies: ReadinessDependencies) {
    this.#dependencies = dependencies;
    this.#api = new ApiReach(dependencies.client, dependencies.clock);
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
      ...((await this.#api.reachable()) ? [] : ['the Kubernetes API server cannot be reached']),
    ];
  }
}
