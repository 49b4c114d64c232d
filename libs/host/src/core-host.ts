import { isTerminal, type AgentRun, type KubeObject, type SympoziumInstance } from '@sympozium/api';
import { Controller, objectKey, OwnWrites } from '@sympozium/controller';
import type { InformerEvent, KubeClient } from '@sympozium/kube';
import type { OwnedKind, SkillPackPlugin } from '@sympozium/plugin-sdk';
import type { Clock, Logger, Metrics, Random, Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import { Announcer } from './apply/announcer.js';
import { Applier } from './apply/applier.js';
import { RunWriter } from './apply/run-writer.js';
import { ValueMaker } from './apply/value-maker.js';
import { ClusterCache } from './cluster/cluster-cache.js';
import { runKeyOf } from './cluster/run-of.js';
import { InstanceController } from './instances/instance-controller.js';
import { PackController } from './packs/pack-controller.js';
import type { AdmittedMode } from './plugins/admitted-mode.js';
import { ModeRegistry } from './plugins/mode-registry.js';
import { ResultStore } from './result/result-store.js';
import { RunReconciler } from './run-reconciler.js';
import { SkillResolver } from './skills/skill-resolver.js';
import { Teardown } from './teardown/teardown.js';

export interface CoreHostOptions {
  readonly client: KubeClient;
  /** Every mode of this operator; see `admitPlugins`. */
  readonly modes: readonly AdmittedMode[];
  /** SkillPacks of plugins, which it applies in its own namespace. */
  readonly packs?: readonly SkillPackPlugin[];
  /** Kinds of plugins that were switched off; see `loadPlugins`. */
  readonly retired?: readonly OwnedKind[];
  /** Namespaces whose runs it serves; `*` for the whole cluster. */
  readonly namespaces: readonly string[];
  /** The operator's own namespace: its SkillPacks are everybody's. */
  readonly systemNamespace: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** How many runs are worked on at once. */
  readonly workers?: number;
}

/** Most of a pass is waiting for the API server. */
const WORKERS = 16;

/** The operator's heart: watches runs and what belongs to them, and lets each mode's plugins decide what is to be. */
export class CoreHost implements Runnable {
  readonly name = 'host';
  readonly #cache: ClusterCache;
  readonly #controller: Controller;
  readonly #instances: InstanceController;
  readonly #packs: PackController;
  readonly #skills: SkillResolver;

  constructor({ client, modes: admitted, packs = [], retired, workers = WORKERS, metrics, ...given }: CoreHostOptions) {
    const { clock, random, log, systemNamespace } = given;
    const modes = new ModeRegistry(admitted, retired);
    const ownWrites = new OwnWrites();
    const cache = new ClusterCache({ client, clock, random, log }, given, modes);
    const announcer = new Announcer({ client, clock, log });
    const values = new ValueMaker({ ledger: cache.ledger, announcer, clock, random });
    const skills = new SkillResolver(cache.skillPacks, systemNamespace);
    const written = { client, cache, ownWrites, log };
    const applier = new Applier({ ...written, values, clock });
    const writer = new RunWriter({ ...written, announcer, ...(metrics && { metrics }) });
    const reconciler = new RunReconciler({
      cache,
      modes,
      skills,
      applier,
      results: new ResultStore({ client, applier, clock, log }),
      writer,
      teardown: new Teardown({ cache, applier, writer, announcer, clock, log }),
      clock,
      log,
    });
    this.#cache = cache;
    this.#skills = skills;
    this.#controller = new Controller({
      name: 'runs',
      workers,
      reconcile: (key) => reconciler.reconcile(key),
      settled: (key) => ownWrites.settled(key),
      clock,
      random,
      log,
      ...(metrics && { metrics }),
    });
    const others = { client, cache, clock, random, log, metrics };
    this.#instances = new InstanceController({ ...others, modes, skills });
    this.#packs = new PackController({ ...others, packs, namespace: systemNamespace });
    this.#enqueueWhatChanges();
  }

  /** Names of what it watches and has not seen all of yet; nothing when it is ready. */
  get unsynced(): readonly string[] {
    return this.#cache.unsynced;
  }

  async start(): Promise<void> {
    await this.#cache.start();
    await Promise.all([this.#controller, this.#instances, this.#packs].map((part) => part.start()));
  }

  async stop(): Promise<void> {
    await Promise.all([this.#controller, this.#instances, this.#packs].map((part) => part.stop()));
    await this.#cache.stop();
  }

  #enqueueWhatChanges(): void {
    const cache = this.#cache;
    cache.runs.onEvent(({ object }) => this.#enqueue(object));
    cache.instances.onEvent((event) => {
      if (isNewWish(event)) this.#enqueueLive(cache.runsOf(event.object));
    });
    cache.skillPacks.onEvent(({ type, object }) => {
      if (type === 'deleted') this.#skills.forget(object);
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

  #enqueue({ metadata }: AgentRun): void {
    this.#controller.enqueue(objectKey(metadata.namespace ?? '', metadata.name));
  }
}

/** Whether an event is more than a status that was written. */
const isNewWish = ({ type, object, old }: InformerEvent<SympoziumInstance>): boolean =>
  type !== 'modified' ||
  object.metadata.generation !== old?.metadata.generation ||
  object.metadata.deletionTimestamp !== old?.metadata.deletionTimestamp ||
  !isDeepStrictEqual(object.metadata.annotations, old?.metadata.annotations);
