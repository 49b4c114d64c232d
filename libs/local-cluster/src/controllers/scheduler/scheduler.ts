import { Controller, objectKey, parseObjectKey, type Reconciled } from '@sympozium/controller';
import { isConflict, isNotFound, type Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { NODE, type Node } from '../shared/node.js';
import { hasEnded, isDeleted, POD, podCondition, type Pod } from '../shared/pod.js';
import { timestamp } from '../shared/time.js';
import { hasRoom, obstacles } from './fit.js';

const COMPONENT = 'default-scheduler';
const MANAGER = { fieldManager: 'kube-scheduler' } as const;

/** Binds each Pod to the node that has the fewest Pods of those that can take it; says on the Pod why none can. */
export class Scheduler implements Runnable {
  readonly name = COMPONENT;
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  /** Bound, but not seen so by the informer: by uid of the Pod. */
  readonly #assumed = new Map<string, { readonly pod: Pod; readonly node: string }>();
  /** Pods that found no node, and are tried again when there is more room. */
  readonly #waiting = new Set<string>();
  readonly #binding = new Set<Promise<void>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#nodes = context.informers.of(NODE);
    this.#pods = context.informers.of(POD);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: COMPONENT, workers: 1, clock, random, log },
      reconcile: (key) => this.#place(key),
    });
    this.#nodes.onEvent(() => this.#retryWaiting());
    this.#pods.onEvent(({ type, object }) => this.#onPod(type === 'deleted', object));
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  async stop(): Promise<void> {
    await this.#controller.stop();
    await Promise.allSettled(this.#binding);
  }

  #onPod(gone: boolean, pod: Pod): void {
    const { namespace = '', name, uid = '' } = pod.metadata;
    if (gone || pod.spec.nodeName) this.#assumed.delete(uid);
    if (gone || hasEnded(pod)) this.#retryWaiting();
    if (!gone && wantsNode(pod)) this.#controller.enqueue(objectKey(namespace, name));
  }

  #retryWaiting(): void {
    for (const key of this.#waiting) this.#controller.enqueue(key);
    this.#waiting.clear();
  }

  async #place(key: string): Promise<Reconciled | void> {
    const { namespace, name } = parseObjectKey(key);
    const pod = this.#pods.store.get(namespace, name);
    if (!pod || !wantsNode(pod) || this.#assumed.has(pod.metadata.uid ?? '')) return;
    const nodes = this.#nodes.store.list().map((node) => {
      const others = this.#podsOn(node.metadata.name);
      return { node, load: others.length, problems: obstacles(pod, node, others), room: hasRoom(pod, node) };
    });
    const fitting = nodes.filter(({ problems }) => problems.length === 0).sort((a, b) => a.load - b.load);
    const [best] = fitting;
    if (best) return this.#bind(key, pod, best.node.metadata.name);
    this.#waiting.add(key);
    await this.#tellUnschedulable(pod, unschedulableMessage(nodes));
  }

  #podsOn(node: string): Pod[] {
    const bound = this.#pods.store.by('node', node).filter((pod) => !hasEnded(pod));
    const assumed = [...this.#assumed.values()].filter((one) => one.node === node).map(({ pod }) => pod);
    return [...bound, ...assumed];
  }

  /** The next Pod does not wait for this one's binding: it counts as bound. */
  #bind(key: string, pod: Pod, node: string): void {
    const { uid = '' } = pod.metadata;
    this.#assumed.set(uid, { pod, node });
    const binding = this.#write(pod, node).catch((error: unknown) => {
      this.#assumed.delete(uid);
      if (isNotFound(error) || isConflict(error)) return; // the Pod is gone, or somebody has bound it
      this.#context.log.warn({ err: error, key }, 'a Pod could not be bound, trying again');
      this.#controller.enqueue(key, 1_000);
    });
    this.#binding.add(binding);
    void binding.finally(() => this.#binding.delete(binding));
  }

  async #write(pod: Pod, node: string): Promise<void> {
    const { namespace = '', name, uid } = pod.metadata;
    await this.#context.client.raw('POST', `/api/v1/namespaces/${namespace}/pods/${name}/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { kind: 'Node', name: node },
    });
    this.#context.events.record(pod, COMPONENT, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${node}`,
      action: 'Binding',
    });
  }

  async #tellUnschedulable(pod: Pod, message: string): Promise<void> {
    const { client, clock, events } = this.#context;
    const { namespace = '', name, uid } = pod.metadata;
    const known = podCondition(pod, 'PodScheduled');
    if (known?.message === message) return;
    const condition = unscheduled(pod, message, timestamp(clock));
    const others = pod.status?.conditions?.filter((one) => one !== known) ?? [];
    const body = { metadata: { uid }, status: { conditions: [...others, condition] } };
    try {
      await client.patch(POD, { namespace, name }, { type: 'merge', body }, { ...MANAGER, subresource: 'status' });
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return;
      throw error;
    }
    events.record(pod, COMPONENT, { type: 'Warning', reason: 'FailedScheduling', message, action: 'Scheduling' });
  }
}

function unscheduled(pod: Pod, message: string, now: string): object {
  const known = podCondition(pod, 'PodScheduled');
  const lastTransitionTime = known?.status === 'False' ? known.lastTransitionTime : now;
  const about = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
  return { ...about, observedGeneration: pod.metadata.generation, lastProbeTime: null, lastTransitionTime };
}

const wantsNode = (pod: Pod): boolean =>
  !pod.spec.nodeName &&
  !isDeleted(pod) &&
  !hasEnded(pod) &&
  (pod.spec.schedulerName ?? COMPONENT) === COMPONENT &&
  (pod.spec.schedulingGates ?? []).length === 0;

interface Rejection {
  readonly problems: readonly string[];
  /** Whether the node could hold the Pod if it were empty. */
  readonly room: boolean;
}

/** `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.`, as the scheduler says it. */
export function unschedulableMessage(nodes: readonly Rejection[]): string {
  if (nodes.length === 0) return 'no nodes available to schedule pods';
  const available = `0/${nodes.length} nodes are available:`;
  const reasons = tally(nodes.flatMap(({ problems }) => problems));
  const preemption = tally(nodes.map(({ problems, room }) => (room && isFull(problems) ? NO_VICTIMS : NOT_HELPFUL)));
  return `${available} ${reasons}. preemption: ${available} ${preemption}.`;
}

/** No Pod has a priority here, so none gives way to another. */
const NO_VICTIMS = 'No preemption victims found for incoming pod';
const NOT_HELPFUL = 'Preemption is not helpful for scheduling';

const isFull = (problems: readonly string[]): boolean =>
  problems.every((problem) => /^(Insufficient|Too)/.test(problem));

function tally(reasons: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
}
