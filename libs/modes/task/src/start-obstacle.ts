import { failure, type ErrorCode, type Failure } from '@sympozium/api';
import type { Pod, Wire } from '@sympozium/plugin-sdk/manifests';
import type { V1ContainerStateWaiting } from '@kubernetes/client-node';
import type { Attempt } from './attempt.js';
import { attemptFailure } from './failure.js';

/** The kubelet's reasons for a container that waits; every other one is on its way. */
const WAITING: ReadonlyMap<string, ErrorCode> = new Map([
  ['ErrImagePull', 'ImagePullFailed'],
  ['ImagePullBackOff', 'ImagePullFailed'],
  ['InvalidImageName', 'ImagePullFailed'],
  ['ErrImageNeverPull', 'ImagePullFailed'],
  ['ImageInspectError', 'ImagePullFailed'],
  ['RegistryUnavailable', 'ImagePullFailed'],
  ['SignatureValidationFailed', 'ImagePullFailed'],
  ['CreateContainerConfigError', 'ContainerConfigError'],
  ['CreateContainerError', 'ContainerStartFailed'],
  ['RunContainerError', 'ContainerStartFailed'],
  ['StartError', 'ContainerStartFailed'],
]);

/** Reasons that say why a run does not start, rather than how it ended. */
export const START_REASONS: ReadonlySet<string> = new Set<ErrorCode>([
  'ImagePullFailed',
  'ContainerConfigError',
  'ContainerStartFailed',
  'Unschedulable',
]);

/** What keeps an attempt's agent from starting, in our own words. */
export function startObstacle(attempt: Attempt): Failure | undefined {
  if (!attempt.end) return waitingObstacle(attempt.waiting) ?? unscheduled(attempt.pod);
  const ended = attemptFailure(attempt, attempt.end);
  return START_REASONS.has(ended.reason) ? ended : undefined;
}

function waitingObstacle({ reason = '', message = reason }: Wire<V1ContainerStateWaiting> = {}): Failure | undefined {
  const code = WAITING.get(reason);
  return code === undefined || PASSING.test(message)
    ? undefined
    : failure(code, message.replace(BACK_OFF, '') || reason);
}

/** A kubelet whose own cache is not there yet says so as if it were an error, and goes on a moment later. */
const PASSING = /^failed to sync (secret|configmap) cache/;

/** The kubelet alternates between an error and its back-off; without this prefix both say the same. */
const BACK_OFF = /^Back-off pulling image "[^"]*"(: ErrImagePull: )?/;

function unscheduled({ status }: Pod): Failure | undefined {
  const condition = (status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
  return condition?.status === 'False' && condition.reason === 'Unschedulable'
    ? failure('Unschedulable', condition.message)
    : undefined;
}
