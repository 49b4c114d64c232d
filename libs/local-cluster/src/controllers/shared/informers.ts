import { kindKey, type Kind, type KubeObject } from '@sympozium/api';
import { createInformer, type Informer, type InformerDependencies } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { controllerOf } from './pod-from-template.js';
import { POD, type Pod } from './pod.js';

type Listener = (kind: Kind, informer: Informer<KubeObject>) => void;

interface Entry {
  readonly kind: Kind;
  readonly informer: Informer<KubeObject>;
  /** A controller needs it, whatever kinds are followed. */
  readonly needed: boolean;
}

const owners = (object: KubeObject): string[] => object.metadata.ownerReferences?.map(({ uid }) => uid) ?? [];
const node = (pod: KubeObject): string[] => [(pod as Pod).spec.nodeName ?? ''];

/** Without a controller, by namespace. */
const orphan = (object: KubeObject): string[] => (controllerOf(object) ? [] : [object.metadata.namespace ?? '']);

/**
 * One informer a kind for all controllers, each with the indexes `owner` (uid of owners) and `orphan` (namespace of what
 * has no controller), of Pods also `node`.
 */
export class SharedInformers implements Runnable {
  readonly name = 'informers';
  readonly #dependencies: InformerDependencies;
  readonly #entries = new Map<string, Entry>();
  readonly #onAdd: Listener[] = [];
  readonly #onRemove: Listener[] = [];
  #running = false;

  constructor(dependencies: InformerDependencies) {
    this.#dependencies = dependencies;
  }

  /** The informer of a kind that a controller needs; ask for it before the start. */
  of<T extends KubeObject>(kind: Kind<T>): Informer<T> {
    return this.#entry(kind, true).informer as unknown as Informer<T>;
  }

  /** Tells of every kind that is or will be followed, before its first event, and of those that are no more. */
  onKinds(added: Listener, removed: Listener): void {
    for (const { kind, informer } of this.#entries.values()) added(kind, informer);
    this.#onAdd.push(added);
    this.#onRemove.push(removed);
  }

  /** Follows exactly these kinds beside those that are needed. Resolves when all are listed. */
  async follow(kinds: readonly Kind[]): Promise<void> {
    const wanted = new Set(kinds.map(kindKey));
    for (const [key, entry] of this.#entries) if (!entry.needed && !wanted.has(key)) this.#drop(key, entry);
    const added = kinds.filter((kind) => !this.#entries.has(kindKey(kind))).map((kind) => this.#entry(kind, false));
    if (this.#running) await Promise.all(added.map(({ informer }) => this.#start(informer)));
  }

  async start(): Promise<void> {
    this.#running = true;
    await Promise.all([...this.#entries.values()].map(({ informer }) => informer.start()));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all([...this.#entries.values()].map(({ informer }) => informer.stop()));
  }

  #entry<T extends KubeObject>(kind: Kind<T>, needed: boolean): Entry {
    const key = kindKey(kind);
    const known = this.#entries.get(key);
    if (known) return known;
    const indexes = { owner: owners, orphan, ...(key === kindKey(POD) ? { node } : {}) };
    const informer = createInformer<KubeObject>(this.#dependencies, { kind: kind as Kind, indexes });
    const entry = { kind: kind as Kind, informer, needed };
    this.#entries.set(key, entry);
    for (const listener of this.#onAdd) listener(kind as Kind, informer);
    return entry;
  }

  #drop(key: string, { kind, informer }: Entry): void {
    this.#entries.delete(key);
    for (const listener of this.#onRemove) listener(kind, informer);
    informer.stop().catch((err: unknown) => this.#dependencies.log.warn({ err, key }, 'an informer did not stop'));
  }

  /** A kind may go again before it was listed. */
  async #start(informer: Informer<KubeObject>): Promise<void> {
    await informer.start().catch((err: unknown) => {
      this.#dependencies.log.debug({ err, informer: informer.name }, 'the kind went before it was listed');
    });
  }
}
