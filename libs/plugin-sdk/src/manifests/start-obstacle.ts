import { failure, type ErrorCode, type Failure } from '@sympozium/api';
import type { V1ContainerStateWaiting, V1ContainerStatus } from '@kubernetes/client-node';
import type { Pod } from './kinds.js';
import type { Wire } from './wire.js';

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

/** What keeps a container that waits from starting, in our own words; undefined while it is on its way. */
export function waitingObstacle({ reason = '', message = reason }: Wire<V1ContainerStateWaiting>): Failure | undefined {
  const code = WAITING.get(reason);
  return code === undefined || PASSING.test(message)
    ? undefined
    : failure(code, message.replace(BACK_OFF, '') || reason);
}

/** That a container which should live ends again and again, and how it ended last. */
export function crashLoop({ name, state, lastState }: Wire<V1ContainerStatus>): Failure {
  const end = state?.terminated ?? lastState?.terminated;
  return failure(
    'CrashLoopBackOff',
    [name, end && `exit code ${end.exitCode} (${end.reason ?? 'Error'})`].filter(Boolean).join(', '),
  );
}

/** Whether the kubelet waits before it starts a container that ended once more. */
export const isInCrashLoop = ({ state }: Wire<V1ContainerStatus>): boolean =>
  state?.waiting?.reason === 'CrashLoopBackOff';

/** A kubelet whose own cache is not there yet says so as if it were an error, and goes on a moment later. */
const PASSING = /^failed to sync (secret|configmap) cache/;

/** The kubelet alternates between an error and its back-off; without this prefix both say the same. */
const BACK_OFF = /^Back-off pulling image "[^"]*"(: ErrImagePull: )?/;

/** Why no node takes the Pod, with the scheduler's words. */
export function unscheduled({ status }: Pod): Failure | undefined {
  const condition = (status?.conditions ?? []).find(({ type }) => type === 'PodScheduled');
  return condition?.status === 'False' && condition.reason === 'Unschedulable'
    ? failure('Unschedulable', condition.message)
    : undefined;
}
