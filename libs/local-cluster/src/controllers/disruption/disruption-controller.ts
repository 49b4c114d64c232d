import type { Kind, KubeObject } from '@sympozium/api';
import { Controller, keyOf, OwnWrites, parseObjectKey, type Reconciled } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import { DEPLOYMENT, REPLICA_SET, replicasOf, type Deployment, type ReplicaSet } from '../apps/replica-set.js';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { selects, type LabelSelector } from '../../label-selector.js';
import type { Condition } from '../shared/kinds.js';
import { hasSeen } from '../shared/own-pods.js';
import { controllerOf } from '../shared/pod-from-template.js';
import { hasEnded, isDeleted, isReady, POD, type Pod } from '../shared/pod.js';
import { millis, timestamp } from '../shared/time.js';

interface BudgetStatus {
  currentHealthy: number;
  desiredHealthy: number;
  expectedPods: number;
  disruptionsAllowed: number;
  observedGeneration: number;
  disruptedPods?: Record<string, string>;
  conditions?: Condition[];
}

export interface Budget extends KubeObject {
  spec: { selector?: LabelSelector; minAvailable?: number | string; maxUnavailable?: number | string };
  status?: BudgetStatus;
}

export const BUDGET: Kind<Budget> = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
};
/** So long an evicted Pod counts as going, though its deletion was not seen. */
const DELETION_MS = 120_000;

/** Tells in each PodDisruptionBudget's status how many of its Pods may be evicted now. */
export class DisruptionController implements Runnable {
  readonly name = 'disruption';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #budgets: Informer<Budget>;
  readonly #pods: Informer<Pod>;
  readonly #sets: Informer<ReplicaSet>;
  readonly #deployments: Informer<Deployment>;
  readonly #writes = new OwnWrites();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#budgets = context.informers.of(BUDGET);
    this.#pods = context.informers.of(POD);
    this.#sets = context.informers.of(REPLICA_SET);
    this.#deployments = context.informers.of(DEPLOYMENT);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 2, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
      settled: (key) => this.#writes.settled(key),
    });
    this.#budgets.onEvent(({ object }) => this.#enqueue(object));
    this.#pods.onEvent(({ object, old }) => this.#enqueueFor(object, old ?? object));
    const onScale = ({ object }: { object: KubeObject }): void => {
      for (const budget of this.#budgets.store.list(object.metadata.namespace ?? '')) this.#enqueue(budget);
    };
    this.#sets.onEvent(onScale);
    this.#deployments.onEvent(onScale);
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #enqueue(budget: Budget): void {
    this.#controller.enqueue(keyOf(budget));
  }

  #enqueueFor(pod: Pod, old: Pod): void {
    for (const budget of this.#budgets.store.list(pod.metadata.namespace ?? ''))
      if (concerns(budget, pod) || concerns(budget, old)) this.#enqueue(budget);
  }

  async #reconcile(key: string): Promise<Reconciled | void> {
    const { namespace, name } = parseObjectKey(key);
    const budget = this.#budgets.store.get(namespace, name);
    if (!budget || isDeleted(budget)) return;
    const pods = this.#pods.store.list(namespace).filter((pod) => concerns(budget, pod));
    const now = this.#context.clock.now();
    const disrupted = stillDisrupted(budget, pods, now);
    const healthy = pods.filter((pod) => isReady(pod) && !isDeleted(pod) && !(pod.metadata.name in disrupted));
    const status = statusOf(budget, healthy.length, this.#expected(budget, pods), timestamp(this.#context.clock));
    if (Object.keys(disrupted).length > 0) status.disruptedPods = disrupted;
    if (!isDeepStrictEqual(budget.status, status)) {
      const options = { ...MANAGER, subresource: 'status' } as const;
      const written = await this.#context.client.replace<Budget>(BUDGET, { ...budget, status } as KubeObject, options);
      this.#writes.record(key, () => hasSeen(this.#budgets, written));
    }
    const first = Math.min(...Object.values(disrupted).map((time) => (millis(time) ?? now) + DELETION_MS - now));
    return Number.isFinite(first) ? { recheckAfterMs: Math.max(1, first) } : undefined;
  }

  /** A number of Pods is of those there are; a share, and what may be missing, of those their controllers wish. */
  #expected({ spec }: Budget, pods: readonly Pod[]): { readonly expected: number; readonly desired: number } {
    const { minAvailable, maxUnavailable } = spec;
    if (maxUnavailable === undefined && typeof minAvailable === 'number')
      return { expected: pods.length, desired: minAvailable };
    const expected = this.#scale(pods);
    if (maxUnavailable === undefined) return { expected, desired: scaled(minAvailable ?? 0, expected) };
    return { expected, desired: Math.max(0, expected - scaled(maxUnavailable, expected)) };
  }

  #scale(pods: readonly Pod[]): number {
    const scales = new Map<string, number>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      const set = owner && this.#sets.store.get(pod.metadata.namespace, owner.name);
      if (!set) continue;
      const above = controllerOf(set);
      const deployment = above && this.#deployments.store.get(set.metadata.namespace, above.name);
      const scale = deployment ?? set;
      scales.set(scale.metadata.uid ?? '', replicasOf(scale));
    }
    return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  }
}

const concerns = ({ metadata, spec }: Budget, pod: Pod): boolean =>
  pod.metadata.namespace === metadata.namespace && !hasEnded(pod) && selects(spec.selector, pod.metadata.labels);

const scaled = (value: number | string, of: number): number =>
  typeof value === 'number' ? value : Math.ceil((Number(value.replace('%', '')) * of) / 100);

/** Pods that were let go and are still there. */
function stillDisrupted({ status }: Budget, pods: readonly Pod[], now: number): Record<string, string> {
  const there = new Set(pods.filter((pod) => !isDeleted(pod)).map(({ metadata }) => metadata.name));
  return Object.fromEntries(
    Object.entries(status?.disruptedPods ?? {}).filter(
      ([name, time]) => there.has(name) && (millis(time) ?? 0) + DELETION_MS > now,
    ),
  );
}

function statusOf(
  { status, metadata }: Budget,
  currentHealthy: number,
  { expected, desired }: { readonly expected: number; readonly desired: number },
  now: string,
): BudgetStatus {
  const allowed = expected <= 0 ? 0 : Math.max(0, currentHealthy - desired);
  const { generation = 0 } = metadata;
  return {
    ...{ currentHealthy, desiredHealthy: desired, expectedPods: expected, disruptionsAllowed: allowed },
    observedGeneration: generation,
    conditions: conditionsOf(status?.conditions ?? [], allowed > 0, generation, now),
  };
}

function conditionsOf(known: readonly Condition[], allowed: boolean, generation: number, now: string): Condition[] {
  const status = allowed ? 'True' : 'False';
  const old = known.find(({ type }) => type === 'DisruptionAllowed');
  const since = old?.status === status ? old.lastTransitionTime : undefined;
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status,
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    lastTransitionTime: since ?? now,
    observedGeneration: generation,
  };
  return [...known.filter((one) => one !== old), condition];
}
