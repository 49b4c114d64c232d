import type { AgentRun, SympoziumSchedule } from '@sympozium/api';
import { Controller, keyOf, objectKey, OwnWrites } from '@sympozium/controller';
import type { InformerEvent, KubeClient } from '@sympozium/kube';
import type { Clock, Logger, Metrics, Random, Runnable } from '@sympozium/process';
import { SubmissionStamps } from '@sympozium/run-client';
import type { ClusterCache } from '../cluster/cluster-cache.js';
import { scheduleOf } from '../cluster/schedule-of.js';
import { StatusWriter } from '../status/status-writer.js';
import { Alarm } from './alarm.js';
import { FIELD_MANAGER, ScheduleRuns } from './schedule-runs.js';
import { ScheduleReconciler } from './schedule-reconciler.js';
import { TickBook } from './tick-book.js';

export interface ScheduleControllerOptions {
  readonly client: KubeClient;
  readonly cache: ClusterCache;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
}

/** Each has one call under way: so many reach the API server at once, however many ticks are due. */
const WORKERS = 8;

/** Starts the runs of all schedules when it is time, and whenever something changes that they wait for. */
export class ScheduleController implements Runnable {
  readonly name = 'schedules';
  readonly #cache: ClusterCache;
  readonly #controller: Controller;
  readonly #alarm: Alarm;

  constructor({ client, cache, ...tools }: ScheduleControllerOptions) {
    const { clock, log } = tools;
    const ownWrites = new OwnWrites();
    const writes = { client, ownWrites, log };
    this.#cache = cache;
    this.#alarm = new Alarm(clock, (key) => this.#controller.enqueue(key));
    const reconciler = new ScheduleReconciler({
      cache,
      book: new TickBook(),
      runs: new ScheduleRuns({ ...writes, cache }),
      writer: new StatusWriter({ ...writes, cache: cache.schedules, fieldManager: FIELD_MANAGER }),
      alarm: this.#alarm,
      stamps: new SubmissionStamps(clock),
      clock,
    });
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
    // What became due while no operator ran starts in the order in which it became so.
    for (const schedule of [...this.#cache.schedules.all()].sort(byNextTick)) this.#controller.enqueue(keyOf(schedule));
    return this.#controller.start();
  }

  stop(): Promise<void> {
    this.#alarm.stop();
    return this.#controller.stop();
  }

  #enqueueWhatChanges(): void {
    const cache = this.#cache;
    cache.schedules.onEvent(({ object }) => this.#controller.enqueue(keyOf(object)));
    cache.runs.onEvent((event) => this.#runChanged(event));
    cache.instances.onEvent(({ type, object }) => {
      if (type === 'modified') return;
      for (const schedule of cache.schedulesOf(object)) this.#controller.enqueue(keyOf(schedule));
    });
  }

  /** Who takes a run from its schedule changes what that one has. */
  #runChanged({ object, old = object }: InformerEvent<AgentRun>): void {
    const names = [scheduleOf(object)?.name, scheduleOf(old)?.name].filter((name) => name !== undefined);
    for (const name of new Set(names)) this.#controller.enqueue(objectKey(object.metadata.namespace ?? '', name));
  }
}

const byNextTick = (a: SympoziumSchedule, b: SympoziumSchedule): number =>
  compare(a.status?.nextScheduleTime ?? '', b.status?.nextScheduleTime ?? '') || compare(keyOf(a), keyOf(b));

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
