import { serverRunName, type AgentRun, type KubeObject, type SympoziumInstance } from '@sympozium/api';
import { Controller, keyOf, objectKey, OwnWrites, parseObjectKey } from '@sympozium/controller';
import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Metrics, Random, Runnable } from '@sympozium/process';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { runKeyOf } from '../cluster/run-of.js';
import type { ModeRegistry } from '../plugins/mode-registry.js';
import type { SkillResolver } from '../skills/skill-resolver.js';
import { StatusWriter } from '../status/status-writer.js';
import { CountSchedule } from './count-schedule.js';
import { InstanceReconciler } from './instance-reconciler.js';
import { ServerRunKeeper } from './server-run-keeper.js';

export interface InstanceControllerOptions {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly modes: ModeRegistry;
  readonly skills: SkillResolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
}

const WORKERS = 4;
/** What the name of every server run ends with. */
const SERVER = serverRunName('');

/** Keeps server runs and status of all instances, whatever changes. */
export class InstanceController implements Runnable {
  readonly name = 'instances';
  readonly #cache: ClusterCache;
  readonly #controller: Controller;
  readonly #counting: CountSchedule;

  constructor({ client, cache, modes, skills, ...tools }: InstanceControllerOptions) {
    const { clock, log } = tools;
    const ownWrites = new OwnWrites();
    const writes = { client, ownWrites, log };
    const counting = new CountSchedule(clock);
    const reconciler = new InstanceReconciler({
      cache,
      modes,
      skills,
      counting,
      keeper: new ServerRunKeeper({ ...writes, cache, clock }),
      writer: new StatusWriter({ ...writes, cache: cache.instances, fieldManager: 'sympozium/host' }),
      clock,
    });
    this.#cache = cache;
    this.#counting = counting;
    this.#controller = new Controller({
      name: this.name,
      workers: WORKERS,
      reconcile: (key) => reconciler.reconcile(key),
      settled: (key) => ownWrites.settled(key),
      ...tools,
    });
  }

  start(): Promise<void> {
    this.#enqueueWhatChanges();
    for (const instance of this.#cache.instances.all()) this.#enqueueNew(instance);
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #enqueueWhatChanges(): void {
    const cache = this.#cache;
    cache.instances.onEvent(({ type, object }) => {
      if (type === 'added') this.#enqueueNew(object);
      else this.#controller.enqueue(keyOf(object));
    });
    cache.skillPacks.onEvent(({ object }) => {
      for (const instance of cache.usersOf(object).instances) this.#controller.enqueue(keyOf(instance));
    });
    cache.runs.onEvent(({ object }) => this.#runChanged(object));
    cache.onChildEvent(({ type, object }) => {
      const run = type === 'added' ? runOf(cache, object) : undefined;
      if (run) this.#recount(instanceKeyOf(run));
    });
  }

  /** What another operator counted may be wrong by now. */
  #enqueueNew(instance: SympoziumInstance): void {
    this.#controller.enqueue(keyOf(instance));
    this.#recount(keyOf(instance));
  }

  #runChanged(run: AgentRun): void {
    const { namespace = '', name } = run.metadata;
    if (name.endsWith(SERVER)) this.#controller.enqueue(objectKey(namespace, name.slice(0, -SERVER.length)));
    this.#recount(instanceKeyOf(run));
  }

  #recount(key: string): void {
    this.#controller.enqueue(key, this.#counting.changed(key));
  }
}

const instanceKeyOf = ({ metadata, spec }: AgentRun): string =>
  objectKey(metadata.namespace ?? '', spec.instanceRef.name);

function runOf(cache: ClusterCache, child: KubeObject): AgentRun | undefined {
  const key = runKeyOf(child);
  if (key === undefined) return undefined;
  const { namespace, name } = parseObjectKey(key);
  return cache.runs.get(namespace, name);
}
