import { Controller } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { NODE, type Node } from '../shared/node.js';
import { POD, type Pod } from '../shared/pod.js';
import { unlessGone } from '../shared/unless-gone.js';
import { evict } from './evict.js';

/** So long a node must be missing: it may be on its way. */
const QUARANTINE_MS = 40_000;
const EVICTION = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists', forced: true };

/** Removes Pods whose node is no more. */
export class PodCollector implements Runnable {
  readonly name = 'pod-garbage-collector';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#nodes = context.informers.of(NODE);
    this.#pods = context.informers.of(POD);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 1, clock, random, log },
      reconcile: (node) => this.#reconcile(node),
    });
    this.#nodes.onEvent(({ type, object }) => {
      if (type === 'deleted') this.#suspect(object.metadata.name);
    });
    this.#pods.onEvent(({ object: { spec } }) => {
      if (spec.nodeName && !this.#nodes.store.get(undefined, spec.nodeName)) this.#suspect(spec.nodeName);
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #suspect(node: string): void {
    this.#controller.enqueue(node, QUARANTINE_MS);
  }

  async #reconcile(node: string): Promise<void> {
    const { client, clock } = this.#context;
    const pods = this.#pods.store.by('node', node);
    if (pods.length === 0 || this.#nodes.store.get(undefined, node)) return;
    if (await unlessGone(client.get(NODE, { name: node }))) return;
    await Promise.all(pods.map((pod) => evict(client, clock, pod, EVICTION)));
  }
}
