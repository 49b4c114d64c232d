import { isTerminal, type AgentRun, type KubeObject, type SympoziumInstance } from '@sympozium/api';
import { Controller, keyOf, type OwnWrites } from '@sympozium/controller';
import type { InformerEvent } from '@sympozium/kube';
import type { Clock, Logger, Metrics, Random, Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { ClusterCache } from './cluster/cluster-cache.js';
import { runKeyOf } from './cluster/run-of.js';
import type { RunReconciler } from './run-reconciler.js';

export interface RunControllerOptions {
  readonly cache: ClusterCache;
  readonly reconciler: RunReconciler;
  readonly ownWrites: OwnWrites;
  readonly workers: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
}

/** Brings runs further, whatever changes: themselves, what belongs to them, or what they are made from. */
export class RunController implements Runnable {
  readonly name = 'runs';
  readonly #cache: ClusterCache;
  readonly #controller: Controller;

  constructor({ cache, reconciler, ownWrites, workers, ...tools }: RunControllerOptions) {
    this.#cache = cache;
    this.#controller = new Controller({
      name: this.name,
      workers,
      reconcile: (key) => reconciler.reconcile(key),
      settled: (key) => ownWrites.settled(key),
      ...tools,
    });
  }

  start(): Promise<void> {
    this.#enqueueWhatChanges();
    for (const run of this.#cache.runs.all()) this.#enqueue(run);
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #enqueueWhatChanges(): void {
    const cache = this.#cache;
    cache.runs.onEvent(({ object }) => this.#enqueue(object));
    cache.instances.onEvent((event) => {
      if (isNewWish(event)) this.#enqueueLive(cache.runsOf(event.object));
    });
    cache.skillPacks.onEvent(({ object }) => {
      const { runs, instances } = cache.usersOf(object);
      this.#enqueueLive([...runs, ...instances.flatMap((instance) => cache.runsOf(instance))]);
    });
    cache.onKindChanged(() => this.#enqueueLive(cache.runs.all()));
    const enqueueRunOf = (object: KubeObject): void => {
      const key = runKeyOf(object);
      if (key !== undefined) this.#controller.enqueue(key);
    };
    cache.onChildEvent(({ object }) => enqueueRunOf(object));
    cache.onContested(enqueueRunOf);
  }

  #enqueueLive(runs: readonly AgentRun[]): void {
    for (const run of runs) if (!isTerminal(run.status.phase)) this.#enqueue(run);
  }

  #enqueue(run: AgentRun): void {
    this.#controller.enqueue(keyOf(run));
  }
}

/** Whether an event is more than a status that was written. */
const isNewWish = ({ type, object, old }: InformerEvent<SympoziumInstance>): boolean =>
  type !== 'modified' ||
  object.metadata.generation !== old?.metadata.generation ||
  object.metadata.deletionTimestamp !== old?.metadata.deletionTimestamp ||
  !isDeepStrictEqual(object.metadata.annotations, old?.metadata.annotations);
