import type { Kind, KubeObject } from '@sympozium/api';
import {
  createInformer,
  isNewer,
  type Informer,
  type InformerDependencies,
  type InformerEvent,
  type InformerOptions,
} from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';

/** Stands for every namespace in the list of watched ones. */
export const ALL_NAMESPACES = '*';

/** One kind as the watched namespaces hold it: one list and watch for each of them, or one for the cluster. */
export class KindCache<T extends KubeObject> implements Runnable {
  readonly name: string;
  readonly kind: Kind<T>;
  readonly #informers: ReadonlyMap<string, Informer<T>>;
  #running = false;

  constructor(
    dependencies: InformerDependencies,
    namespaces: readonly string[],
    options: Omit<InformerOptions<T>, 'namespace'>,
  ) {
    this.kind = options.kind;
    this.name = `cache of ${options.kind.plural}`;
    const scopes = namespaces.includes(ALL_NAMESPACES) ? [ALL_NAMESPACES] : namespaces;
    this.#informers = new Map(
      scopes.map((scope) => [
        scope,
        createInformer(dependencies, { ...options, ...(scope !== ALL_NAMESPACES && { namespace: scope }) }),
      ]),
    );
  }

  get synced(): boolean {
    return this.#all().every((informer) => informer.synced);
  }

  get(namespace: string, name: string): T | undefined {
    return this.#of(namespace)?.store.get(namespace, name);
  }

  all(): readonly T[] {
    return this.#all().flatMap((informer) => informer.store.list());
  }

  by(index: string, value: string): readonly T[] {
    return this.#all().flatMap((informer) => informer.store.by(index, value));
  }

  onEvent(handler: (event: InformerEvent<T>) => void): void {
    for (const informer of this.#all()) informer.onEvent(handler);
  }

  /** Whether everything up to this resource version has been seen; true where nobody watches. */
  hasSeen(namespace: string, version: string): boolean {
    const informer = this.#of(namespace);
    if (!informer || !this.#running) return true;
    return informer.resourceVersion !== undefined && !isNewer(version, informer.resourceVersion);
  }

  async start(): Promise<void> {
    this.#running = true;
    await Promise.all(this.#all().map((informer) => informer.start()));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#all().map((informer) => informer.stop()));
  }

  #of(namespace: string): Informer<T> | undefined {
    return this.#informers.get(namespace) ?? this.#informers.get(ALL_NAMESPACES);
  }

  #all(): readonly Informer<T>[] {
    return [...this.#informers.values()];
  }
}
