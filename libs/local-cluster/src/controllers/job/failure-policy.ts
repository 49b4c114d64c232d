import type { ContainerStatus, Pod } from '../shared/pod.js';
import { isDeleted, phaseOf } from '../shared/pod.js';
import type { ExitCodeRule, Job, PodConditionRule } from './job.js';

export interface PolicyVerdict {
  /** Whether the Pod's failure counts towards the backoff limit. */
  readonly counts: boolean;
  /** Set where the whole Job has failed. */
  readonly message?: string;
}

/** Whether the Job sees the Pod as failed: a deleted Pod may never reach its end. */
export function hasFailed(pod: Pod, { spec }: Job): boolean {
  if (phaseOf(pod) === 'Failed') return true;
  return spec.podReplacementPolicy !== 'Failed' && isDeleted(pod) && phaseOf(pod) !== 'Succeeded';
}

/** What the first rule that matches says of a failed Pod. */
export function matchFailurePolicy({ spec }: Job, pod: Pod): PolicyVerdict {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const what = 'onExitCodes' in rule ? matchExitCode(pod, rule) : matchCondition(pod, rule);
    if (what === undefined) continue;
    if (rule.action !== 'FailJob') return { counts: rule.action !== 'Ignore' };
    return { counts: true, message: `${what} matching FailJob rule at index ${index}` };
  }
  return { counts: true };
}

/** Why a failed Pod fails the whole Job; undefined if none does. */
export function failJobMessage(job: Job, pods: readonly Pod[]): string | undefined {
  for (const pod of pods) {
    const message = hasFailed(pod, job) ? matchFailurePolicy(job, pod).message : undefined;
    if (message !== undefined) return message;
  }
  return undefined;
}

const named = ({ metadata: { namespace = '', name } }: Pod): string => `${namespace}/${name}`;

function matchExitCode(pod: Pod, { onExitCodes }: ExitCodeRule): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const status = [...containerStatuses, ...initContainerStatuses].find((one) => exitMatches(one, onExitCodes));
  if (!status) return undefined;
  const exitCode = status.state?.terminated?.exitCode ?? 0;
  return `Container ${status.name} for pod ${named(pod)} failed with exit code ${exitCode}`;
}

function exitMatches(
  { name, state }: ContainerStatus,
  { containerName, operator, values }: ExitCodeRule['onExitCodes'],
): boolean {
  const exitCode = state?.terminated?.exitCode ?? 0;
  if (exitCode === 0 || (containerName !== undefined && containerName !== name)) return false;
  return values.includes(exitCode) === (operator === 'In');
}

function matchCondition(pod: Pod, { onPodConditions }: PodConditionRule): string | undefined {
  const condition = pod.status?.conditions?.find(({ type, status }) =>
    onPodConditions.some((pattern) => pattern.type === type && pattern.status === status),
  );
  return condition && `Pod ${named(pod)} has condition ${condition.type}`;
}
