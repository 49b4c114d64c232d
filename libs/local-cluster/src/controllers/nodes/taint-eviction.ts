import { Controller, keyOf, parseObjectKey, type Reconciled } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { NODE, type Node, type Taint } from '../shared/node.js';
import { isDeleted, POD, type Pod } from '../shared/pod.js';
import { tolerates } from '../shared/tolerations.js';
import { evict } from './evict.js';

const COMPONENT = 'taint-eviction-controller';
const EVICTION = {
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
  forced: false,
};

/** Deletes Pods from nodes whose NoExecute taints they do not tolerate, or not for so long. */
export class TaintEviction implements Runnable {
  readonly name = 'taint-eviction';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  /** Since when a Pod tolerates what it does not for ever; by its uid. */
  readonly #since = new Map<string, number>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#nodes = context.informers.of(NODE);
    this.#pods = context.informers.of(POD);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 4, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
    });
    this.#nodes.onEvent(({ object }) => this.#pods.store.by('node', object.metadata.name).forEach(this.#enqueue));
    this.#pods.onEvent(({ type, object }) => {
      if (type === 'deleted') this.#since.delete(object.metadata.uid ?? '');
      else if (object.spec.nodeName) this.#enqueue(object);
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  readonly #enqueue = (pod: Pod): void => this.#controller.enqueue(keyOf(pod));

  async #reconcile(key: string): Promise<Reconciled | void> {
    const { namespace, name } = parseObjectKey(key);
    const pod = this.#pods.store.get(namespace, name);
    if (!pod || isDeleted(pod)) return;
    const { clock, client } = this.#context;
    const { uid = '' } = pod.metadata;
    const seconds = toleratedSeconds(pod, this.#taintsOn(pod));
    if (seconds === Infinity) return this.#since.delete(uid) ? this.#tell(pod, 'Cancelling deletion of') : undefined;
    const since = this.#since.get(uid) ?? clock.now();
    this.#since.set(uid, since);
    const left = since + seconds * 1000 - clock.now();
    if (left > 0) return { recheckAfterMs: left };
    this.#tell(pod, 'Marking for deletion');
    await evict(client, clock, pod, EVICTION);
    this.#since.delete(uid);
  }

  #taintsOn({ spec: { nodeName = '' } }: Pod): Taint[] {
    const node = this.#nodes.store.get(undefined, nodeName);
    return node?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? [];
  }

  #tell(pod: Pod, what: string): void {
    const { namespace = '', name } = pod.metadata;
    const message = `${what} Pod ${namespace}/${name}`;
    this.#context.events.record(pod, COMPONENT, { type: 'Normal', reason: 'TaintManagerEviction', message });
  }
}

/** How long a Pod may stay beside taints; Infinity for as long as it likes. */
function toleratedSeconds({ spec: { tolerations = [] } }: Pod, taints: readonly Taint[]): number {
  const matching = taints.map((taint) => tolerations.filter((toleration) => tolerates(toleration, taint)));
  if (matching.some((some) => some.length === 0)) return 0;
  return Math.min(...matching.flat().map(({ tolerationSeconds = Infinity }) => Math.max(0, tolerationSeconds)));
}
