import { Controller, OwnWrites, type Reconciled } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { LEASE, NODE, NODE_LEASES, nodeCondition, type Lease, type Node } from '../shared/node.js';
import { hasSeen } from '../shared/own-pods.js';
import { isReady, POD, podCondition, type Pod } from '../shared/pod.js';
import { millis, timestamp } from '../shared/time.js';
import { unlessGone } from '../shared/unless-gone.js';
import { HeardNodes } from './heard-nodes.js';
import { wantedTaints } from './node-taints.js';
import { silentConditions } from './silent-node.js';

const COMPONENT = 'node-controller';
/** So long a node may be silent, and a new one until its first word. */
const GRACE_MS = 50_000;
const STARTUP_GRACE_MS = 60_000;
/** How often each node is looked at. */
const PERIOD_MS = 5_000;

/**
 * Says of a node that renews its lease no more that nothing is known of it, and of its Pods that they are not ready;
 * and has each node carry the taints that its conditions ask for, by which other Pods keep away and its own are evicted.
 */
export class NodeLifecycle implements Runnable {
  readonly name = 'node-lifecycle';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #nodes: Informer<Node>;
  readonly #leases: Informer<Lease>;
  readonly #pods: Informer<Pod>;
  readonly #writes = new OwnWrites();
  readonly #heard = new HeardNodes(2 * PERIOD_MS);

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#nodes = context.informers.of(NODE);
    this.#leases = context.informers.of(LEASE);
    this.#pods = context.informers.of(POD);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 1, clock, random, log },
      reconcile: (name) => this.#reconcile(name),
      settled: (name) => this.#writes.settled(name),
    });
    this.#nodes.onEvent(({ object }) => {
      for (const { metadata } of [object, ...this.#nodes.store.list()]) this.#controller.enqueue(metadata.name);
    });
    this.#leases.onEvent(({ object: { metadata } }) => {
      if (metadata.namespace === NODE_LEASES) this.#controller.enqueue(metadata.name);
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  /** One step; what it changes comes back as an event, and the next step follows. */
  async #reconcile(name: string): Promise<Reconciled | void> {
    const node = this.#nodes.store.get(undefined, name);
    if (!node) return void this.#heard.forget(name);
    const changed = (this.#isSilent(node) && (await this.#tellSilence(node))) || (await this.#taint(node));
    if (!changed && nodeCondition(node, 'Ready')?.status === 'Unknown') await this.#tellPods(node);
    return { recheckAfterMs: PERIOD_MS };
  }

  #isSilent(node: Node): boolean {
    const lease = this.#leases.store.get(NODE_LEASES, node.metadata.name);
    const silentMs = this.#heard.silentMs(node, lease, this.#context.clock.now());
    return silentMs > (nodeCondition(node, 'Ready') ? GRACE_MS : STARTUP_GRACE_MS);
  }

  /** Returns whether there was something to tell. */
  async #tellSilence(node: Node): Promise<boolean> {
    const { client, clock, events } = this.#context;
    const conditions = silentConditions(node, timestamp(clock));
    if (isDeepStrictEqual(node.status?.conditions, conditions)) return false;
    if (await this.#isHeardMeanwhile(node)) return true;
    const next = { ...node, status: { ...node.status, conditions } };
    const written = await unlessGone(client.replace(NODE, next, { ...MANAGER, subresource: 'status' }));
    if (!written) return true;
    this.#wrote(written);
    const { name } = node.metadata;
    const message = `Node ${name} status is now: NodeNotReady`;
    if (nodeCondition(node, 'Ready')?.status === 'True')
      events.record(node, COMPONENT, { type: 'Normal', reason: 'NodeNotReady', message });
    return true;
  }

  /** Whether the lease is another one than the cache has. */
  async #isHeardMeanwhile({ metadata: { name } }: Node): Promise<boolean> {
    const seen = this.#leases.store.get(NODE_LEASES, name)?.metadata.resourceVersion;
    const lease = await unlessGone(this.#context.client.get(LEASE, { namespace: NODE_LEASES, name }));
    return lease?.metadata.resourceVersion !== seen;
  }

  /**
   * Where no node is ready, it is more likely that none can be heard than that all are dead: Pods stay where they are.
   * Returns whether a taint came or went.
   */
  async #taint(node: Node): Promise<boolean> {
    const { client, clock } = this.#context;
    const evicts = this.#nodes.store.list().some((one) => nodeCondition(one, 'Ready')?.status === 'True');
    const before = node.spec?.taints ?? [];
    const taints = wantedTaints(node, evicts, timestamp(clock));
    if (isDeepStrictEqual(before, taints)) return false;
    const { name, uid, resourceVersion } = node.metadata;
    const body = { metadata: { uid, resourceVersion }, spec: { taints } };
    const written = await unlessGone(client.patch(NODE, { name }, { type: 'merge', body }, MANAGER));
    if (written) this.#wrote(written);
    return true;
  }

  /** A Pod that was found ready later than the node silent is heard of again. */
  async #tellPods(node: Node): Promise<void> {
    const { name } = node.metadata;
    const since = millis(nodeCondition(node, 'Ready')?.lastTransitionTime) ?? 0;
    const ready = this.#pods.store
      .by('node', name)
      .filter((pod) => isReady(pod) && (millis(podCondition(pod, 'Ready')?.lastTransitionTime) ?? 0) <= since);
    await Promise.all(ready.map((pod) => this.#tellUnready(name, pod)));
  }

  async #tellUnready(node: string, pod: Pod): Promise<void> {
    const { client, clock, events } = this.#context;
    const { namespace = '', name, uid, resourceVersion } = pod.metadata;
    const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: timestamp(clock) }];
    const patch = { type: 'strategic', body: { metadata: { uid, resourceVersion }, status: { conditions } } } as const;
    const options = { ...MANAGER, subresource: 'status' } as const;
    const written = await unlessGone(client.patch(POD, { namespace, name }, patch, options));
    if (!written) return;
    this.#writes.record(node, () => hasSeen(this.#pods, written));
    events.record(pod, COMPONENT, { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' });
  }

  #wrote(node: Node): void {
    this.#writes.record(node.metadata.name, () => hasSeen(this.#nodes, node));
  }
}
