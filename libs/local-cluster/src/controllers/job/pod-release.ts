import { Controller, keyOf, parseObjectKey } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { controllerOf } from '../shared/pod-from-template.js';
import { POD, type Pod } from '../shared/pod.js';
import { isTracked } from './job-view.js';
import { isFinished, isManagedElsewhere, JOB, type Job } from './job.js';
import { releasePod } from './release-pod.js';

/** Lets Pods go whose Job is gone or over: nobody will count them any more. */
export class JobPodRelease implements Runnable {
  readonly name = 'job-pod-release';
  readonly #jobs: Informer<Job>;
  readonly #pods: Informer<Pod>;
  readonly #controller: Controller;
  readonly #context: ControllerContext;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#jobs = context.informers.of(JOB);
    this.#pods = context.informers.of(POD);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 4, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
    });
    this.#pods.onEvent(({ object }) => this.#enqueue(object));
    this.#jobs.onEvent(({ type, object }) => {
      if (type !== 'deleted' && !isFinished(object)) return;
      for (const pod of this.#pods.store.by('owner', object.metadata.uid ?? '')) this.#enqueue(pod);
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #enqueue(pod: Pod): void {
    if (this.#isLeft(pod)) this.#controller.enqueue(keyOf(pod));
  }

  async #reconcile(key: string): Promise<void> {
    const { namespace, name } = parseObjectKey(key);
    const pod = this.#pods.store.get(namespace, name);
    if (pod && this.#isLeft(pod)) await releasePod(this.#context.client, pod);
  }

  /** A Pod of another kind of controller is that one's. */
  #isLeft(pod: Pod): boolean {
    if (!isTracked(pod)) return false;
    const owner = controllerOf(pod);
    if (!owner) return true;
    if (owner.kind !== JOB.kind || owner.apiVersion !== JOB.apiVersion) return false;
    const job = this.#jobs.store.get(pod.metadata.namespace, owner.name);
    if (!job || job.metadata.uid !== owner.uid) return true;
    return isFinished(job) && !isManagedElsewhere(job);
  }
}
