import type { SkillPack } from '@sympozium/api';
import { Controller, OwnWrites } from '@sympozium/controller';
import type { Metrics, Random, Runnable } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { isOurs, PackReconciler, type PackReconcilerDependencies } from './pack-reconciler.js';

export interface PackControllerOptions extends Omit<PackReconcilerDependencies, 'ownWrites'> {
  readonly random: Random;
  readonly metrics?: Metrics | undefined;
}

/** Applies the SkillPacks of plugins in the operator's namespace, whatever happens to them there. */
export class PackController implements Runnable {
  readonly name = 'packs';
  readonly #cache: ClusterCache;
  readonly #controller: Controller;
  /** Of the packs that are wished. */
  readonly #names: ReadonlySet<string>;
  readonly #namespace: string;

  constructor({ random, metrics, ...dependencies }: PackControllerOptions) {
    const { cache, packs, namespace, clock, log } = dependencies;
    const ownWrites = new OwnWrites();
    const reconciler = new PackReconciler({ ...dependencies, ownWrites });
    this.#controller = new Controller({
      name: this.name,
      workers: 1,
      reconcile: (name) => reconciler.reconcile(name),
      settled: (name) => ownWrites.settled(name),
      clock,
      random,
      log,
      metrics,
    });
    this.#cache = cache;
    this.#names = new Set(packs.map(({ object }) => object.metadata.name));
    this.#namespace = namespace;
  }

  start(): Promise<void> {
    const { skillPacks } = this.#cache;
    skillPacks.onEvent(({ object }) => this.#enqueue(object));
    for (const name of this.#names) this.#controller.enqueue(name);
    for (const pack of skillPacks.all()) this.#enqueue(pack);
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }
  #enqueue(pack: SkillPack): void {
    const { namespace, name } = pack.metadata;
    if (namespace === this.#namespace && (this.#names.has(name) || isOurs(pack))) this.#controller.enqueue(name);
  }
}
