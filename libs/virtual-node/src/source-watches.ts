import type { Kind, KubeObject } from '@sympozium/api';
import { createInformer, type Informer, type KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Random } from '@sympozium/process';

/** An object that a volume is made of. */
export interface SourceKey {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

export interface SourceWatchesDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Called with the version of the object that there is now; undefined when there is none. */
export type OnVersion = (resourceVersion: string | undefined) => void;

interface Watched {
  readonly informer: Informer<KubeObject>;
  readonly followers: Set<OnVersion>;
}

/**
 * Watches of single objects, each shared by all who follow it, as a kubelet has them: nothing is watched that no volume
 * is made of.
 */
export class SourceWatches {
  readonly #dependencies: SourceWatchesDependencies;
  readonly #watched = new Map<string, Watched>();

  constructor(dependencies: SourceWatchesDependencies) {
    this.#dependencies = dependencies;
  }

  /** Tells every version of the object, the one it has now as well. Returns the end of it. */
  follow(key: SourceKey, onVersion: OnVersion): () => void {
    const id = `${key.kind.plural}/${key.namespace}/${key.name}`;
    const watched = this.#watched.get(id) ?? this.#watch(id, key);
    watched.followers.add(onVersion);
    const { informer } = watched;
    if (informer.synced) onVersion(informer.store.get(key.namespace, key.name)?.metadata.resourceVersion);
    return () => {
      watched.followers.delete(onVersion);
      if (watched.followers.size > 0 || this.#watched.get(id) !== watched) return;
      this.#watched.delete(id);
      void informer.stop();
    };
  }

  #watch(id: string, { kind, namespace, name }: SourceKey): Watched {
    const fieldSelector = `metadata.name=${name}`;
    const informer = createInformer(this.#dependencies, { kind, namespace, fieldSelector, trim: versionOnly });
    const watched: Watched = { informer, followers: new Set() };
    informer.onEvent(({ type, object }) => {
      const version = type === 'deleted' ? undefined : object.metadata.resourceVersion;
      for (const tell of watched.followers) tell(version);
    });
    this.#watched.set(id, watched);
    informer.start().catch(() => {}); // it rejects only when it was stopped before it had synced
    return watched;
  }
}

/** What a Secret holds, and kubectl repeats in an annotation, is read when it is needed and not kept. */
const versionOnly = ({ apiVersion, kind, metadata }: KubeObject): KubeObject => ({
  ...{ apiVersion, kind },
  metadata: { ...metadata, annotations: {} },
});
