import { isActive, isReady, isTerminating, phaseOf, type Pod } from '../shared/pod.js';
import { nextRecord, type BackoffRecord } from './backoff.js';
import { hasFailed, matchFailurePolicy } from './failure-policy.js';
import { indexOf, parseIndexes } from './indexes.js';
import { isIndexed, isSuspended, TRACKING, type Job, type JobStatus, type UncountedPods } from './job.js';
import { rfc3339 } from '../shared/time.js';

/** A Job as one reconcile sees it. `status` is the one to be written: a copy. */
export interface JobView {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly active: readonly Pod[];
  /** With those that have ended and are not counted in the status yet. */
  readonly succeeded: number;
  readonly failed: number;
  readonly completions: number;
  /** Of an Indexed Job: what the status says, and with the Pods that are not counted yet. */
  readonly countedIndexes: ReadonlySet<number>;
  readonly succeededIndexes: ReadonlySet<number>;
  readonly record: BackoffRecord;
  readonly now: number;
  status: JobStatus & { uncountedTerminatedPods: UncountedPods; terminating: number; ready: number; active: number };
}

export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING) === true;

/** What there is of a Job and its Pods. */
export function viewOf(job: Job, pods: readonly Pod[], record: BackoffRecord | undefined, now: number): JobView {
  const status = statusOf(job, now);
  const { uncountedTerminatedPods: uncounted, succeeded = 0, failed = 0 } = status;
  const completions = job.spec.completions ?? Infinity;
  const valid = pods.filter((pod) => isTracked(pod) && (!isIndexed(job) || indexOf(pod, completions) !== undefined));
  const newSucceeded = valid.filter((pod) => phaseOf(pod) === 'Succeeded' && !lists(uncounted.succeeded, pod));
  const newFailed = valid.filter((pod) => hasFailed(pod, job) && !lists(uncounted.failed, pod));
  const active = pods.filter(isActive);
  const counted = parseIndexes(status.completedIndexes, completions);
  const indexes = newSucceeded.map((pod) => indexOf(pod, completions)).filter((index) => index !== undefined);
  const succeededIndexes = new Set([...counted, ...indexes]);
  const uncountedOf = (outcome: 'succeeded' | 'failed'): number => uncounted[outcome]?.length ?? 0;
  return {
    ...{ job, pods, active, completions, succeededIndexes, now, status },
    countedIndexes: counted,
    succeeded: isIndexed(job) ? succeededIndexes.size : succeeded + newSucceeded.length + uncountedOf('succeeded'),
    failed: failed + newFailed.filter((pod) => matchFailurePolicy(job, pod).counts).length + uncountedOf('failed'),
    record: nextRecord(record, newSucceeded, newFailed),
  };
}

export const lists = (uids: readonly string[] | undefined, { metadata: { uid = '' } }: Pod): boolean =>
  uids?.includes(uid) === true;

/** A copy; a Job that is not suspended starts when it is first seen. */
function statusOf(job: Job, now: number): JobView['status'] {
  const status = structuredClone(job.status ?? {});
  const { startTime = isSuspended(job) ? undefined : rfc3339(now) } = status;
  return {
    ...status,
    ...(startTime === undefined ? {} : { startTime }),
    uncountedTerminatedPods: status.uncountedTerminatedPods ?? {},
    active: status.active ?? 0,
    ready: status.ready ?? 0,
    terminating: status.terminating ?? 0,
  };
}

/** What the status counts of Pods that are not over. */
export const countPods = ({ pods, active }: JobView) => ({
  active: active.length,
  ready: active.filter(isReady).length,
  terminating: pods.filter(isTerminating).length,
});
