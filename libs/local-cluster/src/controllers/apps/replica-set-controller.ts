import type { KubeObject } from '@sympozium/api';
import { Controller, parseObjectKey, type Reconciled } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import { Claims } from '../shared/claims.js';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import type { Condition } from '../shared/kinds.js';
import { OwnPods } from '../shared/own-pods.js';
import { controllerReference } from '../shared/pod-from-template.js';
import { isActive, isReady, isTerminating, POD, podCondition, type Pod } from '../shared/pod.js';
import { inOrderOfRemoval } from '../shared/removal-order.js';
import { unlessGone } from '../shared/unless-gone.js';
import { withoutZeros } from '../shared/stored.js';
import { millis, timestamp } from '../shared/time.js';
import { REPLICA_SET, replicasOf, type ReplicaSet, type ReplicaSetStatus } from './replica-set.js';

const COMPONENT = 'replicaset-controller';
/** So many Pods are created or deleted at a time. */
const BATCH = 500;

/** Keeps as many Pods of a ReplicaSet as it wishes, and counts in its status how they are. */
export class ReplicaSetController implements Runnable {
  readonly name = COMPONENT;
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #sets: Informer<ReplicaSet>;
  readonly #claims: Claims<Pod, ReplicaSet>;
  readonly #pods: Informer<Pod>;
  readonly #ownPods: OwnPods;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#sets = context.informers.of(REPLICA_SET);
    this.#pods = context.informers.of(POD);
    this.#claims = new Claims(context, POD, REPLICA_SET);
    this.#ownPods = new OwnPods(context, COMPONENT);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: COMPONENT, workers: 5, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
      settled: (key) => this.#ownPods.settled(key),
    });
    this.#claims.onChange((key) => this.#controller.enqueue(key));
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #reconcile(key: string): Promise<Reconciled | void> {
    const { namespace, name } = parseObjectKey(key);
    const set = this.#sets.store.get(namespace, name);
    if (!set) return;
    const pods = await this.#claims.claim(set, (pod) => this.#ownPods.wrote(key, this.#pods, pod));
    const going = set.metadata.deletionTimestamp !== undefined;
    const failure = going ? undefined : await this.#scale(key, set, pods.filter(isActive));
    await unlessGone(this.#writeStatus(key, set, pods, failure));
    if (failure) throw failure.error;
    const waits = pods.filter(isActive).map((pod) => availableInMs(pod, minReady(set), this.#context.clock.now()));
    const next = waits.filter((ms) => ms !== undefined && ms > 0);
    return next.length === 0 ? undefined : { recheckAfterMs: Math.min(...next.map(Number)) };
  }

  /** Creates or deletes Pods; gives what a call failed with. */
  async #scale(key: string, set: ReplicaSet, active: readonly Pod[]): Promise<Failure | undefined> {
    const missing = Math.min(BATCH, replicasOf(set) - active.length);
    const reference = controllerReference(REPLICA_SET, set);
    const create = (): Promise<void> => this.#ownPods.create(key, set, reference, set.spec.template);
    // Twice as many each time, and no more after a failure: what fails once will mostly fail for all.
    for (let made = 0, size = 1; made < missing; made += size, size *= 2) {
      const count = Math.min(size, missing - made);
      const failure = await firstFailure(Array.from({ length: count }, create));
      if (failure) return { reason: 'FailedCreate', ...failure };
    }
    if (missing >= 0) return undefined;
    const surplus = inOrderOfRemoval(active).slice(0, Math.min(BATCH, -missing));
    const failure = await firstFailure(surplus.map((pod) => this.#ownPods.delete(key, set, pod)));
    return failure && { reason: 'FailedDelete', ...failure };
  }

  async #writeStatus(key: string, set: ReplicaSet, pods: readonly Pod[], failure: Failure | undefined): Promise<void> {
    const { client, clock } = this.#context;
    const status = statusOf(set, pods, clock.now());
    const conditions = failureConditions(set, failure, timestamp(clock));
    if (conditions.length > 0) status.conditions = conditions;
    else delete status.conditions;
    if (isDeepStrictEqual(set.status, status)) return;
    const next = { ...set, status } as KubeObject;
    const written = await client.replace(REPLICA_SET, next, { ...MANAGER, subresource: 'status' });
    this.#ownPods.wrote(key, this.#sets, written);
  }
}

interface Failure {
  readonly reason: string;
  readonly error: unknown;
}

async function firstFailure(calls: readonly Promise<void>[]): Promise<{ error: unknown } | undefined> {
  const failed = (await Promise.allSettled(calls)).find((result) => result.status === 'rejected');
  return failed && { error: failed.reason };
}

function statusOf(set: ReplicaSet, pods: readonly Pod[], now: number): ReplicaSetStatus {
  const active = pods.filter(isActive);
  const wanted = Object.entries(set.spec.template.metadata?.labels ?? {});
  const labelled = active.filter(({ metadata }) => wanted.every(([key, value]) => metadata.labels?.[key] === value));
  const status: ReplicaSetStatus = {
    replicas: active.length,
    fullyLabeledReplicas: labelled.length,
    readyReplicas: active.filter(isReady).length,
    availableReplicas: active.filter((pod) => availableInMs(pod, minReady(set), now) === 0).length,
    terminatingReplicas: pods.filter(isTerminating).length,
    observedGeneration: set.metadata.generation ?? 0,
  };
  return withoutZeros(status, 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas');
}

const minReady = ({ spec }: ReplicaSet): number => (spec.minReadySeconds ?? 0) * 1000;

/** When a Pod will have been ready for long enough; 0 if it has, undefined while it is not ready. */
function availableInMs(pod: Pod, minReadyMs: number, now: number): number | undefined {
  if (!isReady(pod)) return undefined;
  const since = millis(podCondition(pod, 'Ready')?.lastTransitionTime) ?? now;
  return minReadyMs === 0 ? 0 : Math.max(0, since + minReadyMs - now);
}

/** `ReplicaFailure` stands as long as calls fail, from its first time on. */
function failureConditions({ status }: ReplicaSet, failure: Failure | undefined, now: string): Condition[] {
  const others = status?.conditions?.filter(({ type }) => type !== 'ReplicaFailure') ?? [];
  if (!failure) return others;
  const known = status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  if (known) return [...others, known];
  const message = failure.error instanceof Error ? failure.error.message : String(failure.error);
  const text = { type: 'ReplicaFailure', status: 'True', reason: failure.reason, message } as const;
  return [...others, { ...text, lastTransitionTime: now }];
}
