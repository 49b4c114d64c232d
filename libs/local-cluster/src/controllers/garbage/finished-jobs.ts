import { Controller, objectKey, parseObjectKey, type Reconciled } from '@sympozium/controller';
import { isNotFound, type Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { isDeleted } from '../shared/pod.js';
import { millis } from '../shared/time.js';
import { JOB, trueCondition, type Job } from '../job/job.js';

/** Deletes Jobs with a `ttlSecondsAfterFinished` when that time is over. */
export class FinishedJobs implements Runnable {
  readonly name = 'ttl-after-finished';
  readonly #context: ControllerContext;
  readonly #jobs: Informer<Job>;
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#jobs = context.informers.of(JOB);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 2, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
    });
    this.#jobs.onEvent(({ object }) => {
      const { namespace = '', name } = object.metadata;
      if (dueAt(object) !== undefined) this.#controller.enqueue(objectKey(namespace, name));
    });
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  async #reconcile(key: string): Promise<Reconciled | void> {
    const { namespace, name } = parseObjectKey(key);
    const job = this.#jobs.store.get(namespace, name);
    const due = job && dueAt(job);
    if (!job || due === undefined) return;
    const { client, clock } = this.#context;
    const left = due - clock.now();
    if (left > 0) return { recheckAfterMs: left };
    const { uid = '', resourceVersion = '' } = job.metadata;
    try {
      await client.delete(JOB, { namespace, name }, { uid, resourceVersion, propagationPolicy: 'Foreground' });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** When a Job that is over shall go; undefined if it is not over, stays, or is going. */
function dueAt(job: Job): number | undefined {
  const ttl = job.spec.ttlSecondsAfterFinished;
  const ended = millis((trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed'))?.lastTransitionTime);
  return ttl === undefined || ended === undefined || isDeleted(job) ? undefined : ended + ttl * 1000;
}
