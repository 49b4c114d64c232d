import { phaseOf, type Pod } from '../shared/pod.js';
import { hasFailed, matchFailurePolicy } from './failure-policy.js';
import { formatIndexes, indexOf } from './indexes.js';
import { isIndexed, type JobCondition, type JobStatus, type UncountedPods } from './job.js';
import { isTracked, lists, type JobView } from './job-view.js';

/** The status holds so many uids at most; the others are counted in the next round. */
const MAX_UNCOUNTED = 500;

export interface Tracking {
  /** Pods that may go once the status, which counts them, is written. */
  readonly ended: Pod[];
  /** Not all that have ended fitted into this round. */
  readonly more: boolean;
}

/**
 * Enters Pods that have ended into the status to be written: they are counted when their finalizer is gone, so that
 * each is counted once whatever fails in between. `finish` is how the Job ends, if it does.
 */
export function trackEnded(view: JobView, finish: JobCondition | undefined): Tracking {
  const { job, status } = view;
  const uncounted = status.uncountedTerminatedPods;
  const indexes = new Set(view.countedIndexes);
  const ended: Pod[] = [];
  let more = false;
  for (const pod of view.pods.filter(isTracked)) {
    const failed = hasFailed(pod, job);
    if (!mayGo(view, pod, failed, finish)) continue;
    if (entered(uncounted) + indexes.size - view.countedIndexes.size >= MAX_UNCOUNTED) {
      more = true;
      break;
    }
    ended.push(pod);
    const countsAsFailed = failed || (finish !== undefined && finish.type !== 'SuccessCriteriaMet');
    if (phaseOf(pod) === 'Succeeded' && !lists(uncounted.failed, pod)) enterSuccess(view, pod, indexes);
    else if (countsAsFailed) enterFailure(view, pod);
  }
  if (isIndexed(job)) Object.assign(status, indexStatus(indexes));
  return { ended, more };
}

/** Counts Pods whose finalizer is gone. Returns whether that changed the status. */
export function countReleased(status: JobStatus, holding: ReadonlySet<string>): boolean {
  const { uncountedTerminatedPods: uncounted = {} } = status;
  let changed = false;
  for (const outcome of ['succeeded', 'failed'] as const) {
    const before = uncounted[outcome] ?? [];
    const after = before.filter((uid) => holding.has(uid));
    if (after.length === before.length) continue;
    status[outcome] = (status[outcome] ?? 0) + before.length - after.length;
    if (after.length === 0) delete uncounted[outcome];
    else uncounted[outcome] = after;
    changed = true;
  }
  return changed;
}

const entered = ({ succeeded = [], failed = [] }: UncountedPods): number => succeeded.length + failed.length;

/** A Pod is held until it has ended; nothing is once the Job has. */
function mayGo({ job }: JobView, pod: Pod, failed: boolean, finish: JobCondition | undefined): boolean {
  return job.metadata.deletionTimestamp !== undefined || finish !== undefined || phaseOf(pod) === 'Succeeded' || failed;
}

function enterSuccess({ job, completions, status }: JobView, pod: Pod, indexes: Set<number>): void {
  const { uid = '' } = pod.metadata;
  if (isIndexed(job)) {
    const index = indexOf(pod, completions);
    if (index !== undefined) indexes.add(index);
  } else if (!lists(status.uncountedTerminatedPods.succeeded, pod)) {
    status.uncountedTerminatedPods.succeeded = [...(status.uncountedTerminatedPods.succeeded ?? []), uid];
  }
}

function enterFailure({ job, completions, status }: JobView, pod: Pod): void {
  const { uid = '' } = pod.metadata;
  const { uncountedTerminatedPods: uncounted } = status;
  if (lists(uncounted.failed, pod) || (isIndexed(job) && indexOf(pod, completions) === undefined)) return;
  if (matchFailurePolicy(job, pod).counts) uncounted.failed = [...(uncounted.failed ?? []), uid];
}

const indexStatus = (indexes: ReadonlySet<number>): Partial<JobStatus> => ({
  ...(indexes.size > 0 ? { succeeded: indexes.size, completedIndexes: formatIndexes(indexes) } : {}),
});
