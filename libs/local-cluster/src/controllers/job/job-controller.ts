import { Controller, keyOf, objectKey, parseObjectKey, type Reconciled } from '@sympozium/controller';
import type { Informer } from '@sympozium/kube';
import type { KubeObject } from '@sympozium/api';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { unlessGone } from '../shared/unless-gone.js';
import { OwnPods } from '../shared/own-pods.js';
import { controllerOf, isControlledBy } from '../shared/pod-from-template.js';
import { POD, type Pod } from '../shared/pod.js';
import { withoutZeros } from '../shared/stored.js';
import { rfc3339 } from '../shared/time.js';
import type { BackoffRecord } from './backoff.js';
import { completed, deadlineMs, finalCondition, judge } from './judge.js';
import {
  isFinished,
  isManagedElsewhere,
  isSuspended,
  JOB,
  newCondition,
  trueCondition,
  withCondition,
  type Job,
  type JobCondition,
} from './job.js';
import { countPods, isTracked, viewOf, type JobView } from './job-view.js';
import { deletePods, managePods, type PodChanges, type PodWork } from './manage-pods.js';
import { releasePod } from './release-pod.js';
import { countReleased, trackEnded } from './track-pods.js';

const COMPONENT = 'job-controller';
const WORKERS = 20;

/** Runs Jobs: creates their Pods, counts how these end, and says how the Job ended. */
export class JobController implements Runnable {
  readonly name = COMPONENT;
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #jobs: Informer<Job>;
  readonly #pods: Informer<Pod>;
  readonly #ownPods: OwnPods;
  readonly #records = new Map<string, BackoffRecord>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#jobs = context.informers.of(JOB);
    this.#pods = context.informers.of(POD);
    this.#ownPods = new OwnPods(context, COMPONENT);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: COMPONENT, workers: WORKERS, clock, random, log },
      reconcile: (key) => this.#reconcile(key),
      settled: (key) => this.#ownPods.settled(key),
      backoff: { initialMs: 100, maxMs: 60_000 },
    });
    this.#jobs.onEvent(({ object }) => this.#controller.enqueue(keyOf(object)));
    this.#pods.onEvent(({ object }) => {
      const owner = controllerOf(object);
      if (owner?.kind === JOB.kind) this.#controller.enqueue(objectKey(object.metadata.namespace ?? '', owner.name));
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
    if (!job || isFinished(job) || isManagedElsewhere(job)) {
      this.#records.delete(key);
      return;
    }
    const pods = this.#pods.store.by('owner', job.metadata.uid ?? '').filter((pod) => isControlledBy(pod, job));
    const view = viewOf(structuredClone(job), pods, this.#records.get(key), this.#context.clock.now());
    const counts: PodChanges = countPods(view);
    const finish = await this.#act(key, view, counts);
    await unlessGone(this.#writeStatus(key, view, counts, finish));
    if (counts.error !== undefined) throw counts.error;
    return recheck(finish ? undefined : deadlineMs(view), counts.recheckAfterMs);
  }

  /** Creates and deletes Pods; tells how the Job ends, if it does and all that has to go has been asked to. */
  async #act(key: string, view: JobView, counts: PodChanges): Promise<JobCondition | undefined> {
    const release = (pod: Pod): Promise<void> => this.#release(key, pod);
    const work: PodWork = { key, ownPods: this.#ownPods, release };
    const finish = judge(view);
    if (finish) {
      await deletePods(view.job, view.active, counts, { ...work, counted: true });
      return counts.error === undefined ? finish : undefined;
    }
    if (view.job.metadata.deletionTimestamp !== undefined) return completed(view, counts.active);
    await managePods(view, counts, work);
    const success = completed(view, counts.active);
    if (!success) this.#tellSuspension(view);
    return success;
  }

  #tellSuspension({ job, status, now }: JobView): void {
    const suspended = isSuspended(job);
    const next = suspended
      ? newCondition('Suspended', 'True', ['JobSuspended', 'Job suspended'], rfc3339(now))
      : newCondition('Suspended', 'False', ['JobResumed', 'Job resumed'], rfc3339(now));
    const conditions = withCondition(status.conditions ?? [], next);
    if (!conditions) return;
    status.conditions = conditions;
    if (suspended) delete status.startTime;
    else status.startTime = rfc3339(now);
    this.#context.events.record(job, COMPONENT, {
      type: 'Normal',
      reason: suspended ? 'Suspended' : 'Resumed',
      message: suspended ? 'Job suspended' : 'Job resumed',
    });
  }

  /** First what has ended is entered, then its Pods may go, then it is counted; each step stands if the next fails. */
  async #writeStatus(
    key: string,
    view: JobView,
    { active, ready, terminating }: PodChanges,
    finish: JobCondition | undefined,
  ): Promise<void> {
    const holding = new Set(view.pods.filter(isTracked).map(({ metadata: { uid = '' } }) => uid));
    Object.assign(view.status, { active, ready, terminating });
    countReleased(view.status, holding);
    const { ended, more } = trackEnded(view, finish);
    const final = finish && this.#announceEnd(view, finish);
    await this.#flush(key, view);
    this.#records.set(key, view.record);
    const released = await Promise.allSettled(
      ended.map(async (pod) => {
        await this.#release(key, pod);
        holding.delete(pod.metadata.uid ?? '');
      }),
    );
    countReleased(view.status, holding);
    if (final && !more) this.#end(view, final);
    await this.#flush(key, view);
    if (trueOf(view, final)) this.#tellEnd(view.job, final);
    const failure = released.find(({ status }) => status === 'rejected');
    if (failure) throw (failure as PromiseRejectedResult).reason;
  }

  /** Says in the status that the Job will end, and returns the condition that says that it has. */
  #announceEnd({ job, status, now }: JobView, finish: JobCondition): JobCondition {
    if (finish.type === 'Failed') return finish;
    if (!trueCondition(job, finish.type)) status.conditions = [...(status.conditions ?? []), finish];
    return finalCondition(finish, rfc3339(now));
  }

  /** The Job is over when each of its Pods is and has been counted. */
  #end({ status }: JobView, final: JobCondition): void {
    const { succeeded = [], failed = [] } = status.uncountedTerminatedPods;
    if (succeeded.length + failed.length > 0 || status.terminating > 0) return;
    status.conditions = withCondition(status.conditions ?? [], final) ?? status.conditions ?? [];
    if (final.type === 'Complete') status.completionTime = final.lastTransitionTime ?? '';
  }

  /** Writes the status if it differs from what stands there. */
  async #flush(key: string, view: JobView): Promise<void> {
    const { job } = view;
    const status = withoutZeros(view.status, 'active', 'succeeded', 'failed');
    if (isDeepStrictEqual(job.status, status)) return;
    const written = await this.#context.client.replace<Job>(JOB, { ...job, status } as KubeObject, {
      ...MANAGER,
      subresource: 'status',
    });
    this.#ownPods.wrote(key, this.#jobs, written);
    job.metadata.resourceVersion = written.metadata.resourceVersion ?? '';
    job.status = structuredClone(status);
  }

  async #release(key: string, pod: Pod): Promise<void> {
    const written = await releasePod(this.#context.client, pod);
    if (written) this.#ownPods.wrote(key, this.#pods, written);
  }

  #tellEnd(job: Job, { type, reason = '', message = '' }: JobCondition): void {
    const { events } = this.#context;
    if (type !== 'Complete') return events.record(job, COMPONENT, { type: 'Warning', reason, message });
    if ((job.status?.succeeded ?? 0) > (job.spec.completions ?? Infinity))
      events.record(job, COMPONENT, {
        type: 'Warning',
        reason: 'TooManySucceededPods',
        message: 'Too many succeeded pods running after completion count reached',
      });
    events.record(job, COMPONENT, { type: 'Normal', reason: 'Completed', message: 'Job completed' });
  }
}

const trueOf = ({ job }: JobView, final: JobCondition | undefined): final is JobCondition =>
  final !== undefined && trueCondition(job, final.type) !== undefined;

function recheck(...times: readonly (number | undefined)[]): Reconciled | undefined {
  const due = times.filter((time) => time !== undefined);
  return due.length === 0 ? undefined : { recheckAfterMs: Math.max(1, Math.min(...due)) };
}
