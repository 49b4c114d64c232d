import { phaseOf } from '../shared/pod.js';
import { millis, rfc3339 } from '../shared/time.js';
import { failJobMessage } from './failure-policy.js';
import { matchedSuccessRule } from './indexes.js';
import { backoffLimitOf, isIndexed, isSuspended, newCondition, trueCondition, type JobCondition } from './job.js';
import type { JobView } from './job-view.js';

const COMPLETIONS_REACHED = ['CompletionsReached', 'Reached expected number of succeeded pods'] as const;
const BACKOFF_EXCEEDED = ['BackoffLimitExceeded', 'Job has reached the specified backoff limit'] as const;
const DEADLINE_EXCEEDED = ['DeadlineExceeded', 'Job was active longer than specified deadline'] as const;

type Text = readonly [reason: string, message: string];

/**
 * How the Job ends, before its Pods are looked after: what a former reconcile decided, else a failure, else a success
 * policy. Undefined while it goes on.
 */
export function judge(view: JobView): JobCondition | undefined {
  const { job, now } = view;
  const met = trueCondition(job, 'SuccessCriteriaMet');
  if (met) return met;
  const target = trueCondition(job, 'FailureTarget');
  if (target) return finalCondition(target, rfc3339(now));
  const failure = failureOf(view);
  if (failure) return newCondition('FailureTarget', 'True', failure, rfc3339(now));
  const success = policySuccess(view);
  return success && newCondition('SuccessCriteriaMet', 'True', success, rfc3339(now));
}

/** `Failed` of a FailureTarget, `Complete` of a SuccessCriteriaMet: said when the last Pod has been counted. */
export const finalCondition = ({ type, reason = '', message = '' }: JobCondition, now: string): JobCondition =>
  newCondition(type === 'FailureTarget' ? 'Failed' : 'Complete', 'True', [reason, message], now);

/** Success by the number of completions, or of one Pod where there is no such number. */
export function completed({ job, succeeded, now }: JobView, active: number): JobCondition | undefined {
  const { completions } = job.spec;
  const enough = completions === undefined ? succeeded > 0 : succeeded >= completions;
  if (!enough || active > 0) return undefined;
  return newCondition('SuccessCriteriaMet', 'True', COMPLETIONS_REACHED, rfc3339(now));
}

/** How long the Job may still be active; undefined without a deadline. */
export function deadlineMs({ job, status, now }: JobView): number | undefined {
  const { activeDeadlineSeconds } = job.spec;
  const start = millis(status.startTime);
  if (activeDeadlineSeconds === undefined || start === undefined || isSuspended(job)) return undefined;
  return start + activeDeadlineSeconds * 1000 - now;
}

function failureOf(view: JobView): Text | undefined {
  const message = failJobMessage(view.job, view.pods);
  if (message !== undefined) return ['PodFailurePolicy', message];
  if (view.failed > backoffLimitOf(view.job) || restartsExceed(view)) return BACKOFF_EXCEEDED;
  const left = deadlineMs(view);
  return left !== undefined && left <= 0 ? DEADLINE_EXCEEDED : undefined;
}

/** Containers that are restarted in their Pod count towards the limit, too. */
function restartsExceed({ job, pods }: JobView): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const alive = pods.filter((pod) => ['Running', 'Pending'].includes(phaseOf(pod)));
  const statuses = alive.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  const restarts = statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  return restarts > 0 && restarts >= backoffLimitOf(job);
}

function policySuccess({ job, succeededIndexes, completions }: JobView): Text | undefined {
  if (!isIndexed(job)) return undefined;
  const rule = matchedSuccessRule(job.spec.successPolicy?.rules ?? [], succeededIndexes, completions);
  return rule === undefined ? undefined : ['SuccessPolicy', `Matched rules at index ${rule}`];
}
