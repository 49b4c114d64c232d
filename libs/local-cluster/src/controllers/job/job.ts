import type { Kind, KubeObject } from '@sympozium/api';
import type { Condition } from '../shared/kinds.js';
import type { PodTemplate } from '../shared/pod.js';

export interface JobCondition extends Condition {
  lastProbeTime?: string;
}

export interface UncountedPods {
  succeeded?: string[];
  failed?: string[];
}

export interface JobStatus {
  startTime?: string;
  completionTime?: string;
  active?: number;
  ready?: number;
  terminating?: number;
  succeeded?: number;
  failed?: number;
  completedIndexes?: string;
  failedIndexes?: string;
  conditions?: JobCondition[];
  uncountedTerminatedPods?: UncountedPods;
}

type Action = 'Ignore' | 'FailJob' | 'FailIndex' | 'Count';

export interface ExitCodeRule {
  action: Action;
  onExitCodes: { containerName?: string; operator: string; values: number[] };
}

export interface PodConditionRule {
  action: Action;
  onPodConditions: { type: string; status: string }[];
}

export interface Job extends KubeObject {
  spec: {
    parallelism?: number;
    completions?: number;
    completionMode?: string;
    backoffLimit?: number;
    activeDeadlineSeconds?: number;
    ttlSecondsAfterFinished?: number;
    suspend?: boolean;
    managedBy?: string;
    podReplacementPolicy?: string;
    podFailurePolicy?: { rules: (ExitCodeRule | PodConditionRule)[] };
    successPolicy?: { rules: { succeededIndexes?: string; succeededCount?: number }[] };
    template: PodTemplate;
  };
  status?: JobStatus;
}

export const JOB: Kind<Job> = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };

/** Keeps a Pod until its end has been counted in the Job's status. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** The server's default. */
const BACKOFF_LIMIT = 6;

export const backoffLimitOf = ({ spec }: Job): number => spec.backoffLimit ?? BACKOFF_LIMIT;
export const isSuspended = ({ spec }: Job): boolean => spec.suspend === true;
export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';
export const isManagedElsewhere = ({ spec: { managedBy } }: Job): boolean =>
  managedBy !== undefined && managedBy !== 'kubernetes.io/job-controller';

/** The condition of that type, if it holds. */
export const trueCondition = ({ status }: Job, type: string): JobCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');

export const isFinished = (job: Job): boolean =>
  (trueCondition(job, 'Complete') ?? trueCondition(job, 'Failed')) !== undefined;

export const newCondition = (
  type: string,
  status: 'True' | 'False',
  [reason, message]: readonly [string, string],
  now: string,
): JobCondition => ({ type, status, lastProbeTime: now, lastTransitionTime: now, reason, message });

/**
 * The conditions with one set; undefined if that changes nothing. What was never said is not said to be false.
 */
export function withCondition(conditions: readonly JobCondition[], next: JobCondition): JobCondition[] | undefined {
  const known = conditions.find(({ type }) => type === next.type);
  if (!known) return next.status === 'False' ? undefined : [...conditions, next];
  if (known.status === next.status && known.reason === next.reason && known.message === next.message) return undefined;
  return conditions.map((condition) => (condition === known ? next : condition));
}
