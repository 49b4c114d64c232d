import type { Job } from '@sympozium/plugin-sdk/manifests';

/** The Job's own word on why it fails. It comes one to three seconds after its Pods' ends. */
export interface Verdict {
  readonly reason: string;
  readonly message: string;
}

/** Why the Job failed, or is about to fail: `FailureTarget` comes first, `Failed` once its Pods are over. */
export function verdictOf(job: Job | undefined): Verdict | undefined {
  const condition = conditionOf(job, 'Failed') ?? conditionOf(job, 'FailureTarget');
  return condition && { reason: condition.reason ?? '', message: condition.message ?? '' };
}

/** Whether the Job's time is up: it stops what still works, and nothing changes its mind. */
export const isPastDeadline = (job: Job | undefined): boolean => verdictOf(job)?.reason === 'DeadlineExceeded';

export const isComplete = (job: Job | undefined): boolean => conditionOf(job, 'Complete') !== undefined;

/** Whether the Job makes no Pod any more and all it made are over. */
export const isFinished = (job: Job): boolean => isComplete(job) || conditionOf(job, 'Failed') !== undefined;

/** Whether the Job is stopped and says of no Pod that it works. */
export const isAtRest = ({ spec, status }: Job): boolean => spec.suspend === true && (status?.active ?? 0) === 0;

/** Pods that the Job has counted, whatever became of them. */
export function countedPods(job: Job | undefined): number {
  const { active = 0, failed = 0, succeeded = 0 } = job?.status ?? {};
  return active + failed + succeeded;
}

const conditionOf = (job: Job | undefined, wanted: string) =>
  (job?.status?.conditions ?? []).find(({ type, status }) => type === wanted && status === 'True');
