import { Controller, OwnWrites } from '@sympozium/controller';
import type { Metrics, Random, Runnable } from '@sympozium/process';
import { isOurs, PackReconciler, type PackReconcilerDependencies } from './pack-reconciler.js';

export interface PackControllerOptions extends Omit<PackReconcilerDependencies, 'ownWrites'> {
  readonly random: Random;
  readonly metrics?: Metrics | undefined;
}

/** Applies the SkillPacks of plugins in the operator's namespace, whatever happens to them there. */
export class PackController implements Runnable {
  readonly name = 'packs';
  readonly #controller: Controller;

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
      ...(metrics && { metrics }),
    });
    const names = new Set(packs.map(({ object }) => object.metadata.name));
    for (const name of names) this.#controller.enqueue(name);
    cache.skillPacks.onEvent(({ object }) => {
      const { metadata } = object;
      if (metadata.namespace === namespace && (names.has(metadata.name) || isOurs(object)))
        this.#controller.enqueue(metadata.name);
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }
}
