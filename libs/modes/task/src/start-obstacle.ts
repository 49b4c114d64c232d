import type { ErrorCode } from '@sympozium/api';
import type { Attempt } from './attempt.js';

/** What keeps a Pod's agent from starting, in our own words. */
export interface Obstacle {
  readonly reason: ErrorCode;
  readonly detail: string;
}

/** The kubelet's reasons for a container that waits; every other one is on its way. */
const WAITING: Readonly<Record<string, ErrorCode>> = {
  ErrImagePull: 'ImagePullFailed',
  ImagePullBackOff: 'ImagePullFailed',
  InvalidImageName: 'ImagePullFailed',
  ErrImageNeverPull: 'ImagePullFailed',
  ImageInspectError: 'ImagePullFailed',
  RegistryUnavailable: 'ImagePullFailed',
  SignatureValidationFailed: 'ImagePullFailed',
  CreateContainerConfigError: 'ContainerConfigError',
  CreateContainerError: 'ContainerStartFailed',
  RunContainerError: 'ContainerStartFailed',
  StartError: 'ContainerStartFailed',
};

/** Reasons under which the host may have recorded that a run could not start. */
export const START_REASONS: ReadonlySet<string> = new Set<ErrorCode>([
  'ImagePullFailed',
  'ContainerConfigError',
  'ContainerStartFailed',
  'Unschedulable',
]);

export function startObstacle({ pod, waiting }: Attempt): Obstacle | undefined {
  const reason = Object.hasOwn(WAITING, waiting?.reason ?? '') ? WAITING[waiting?.reason ?? ''] : undefined;
  if (reason !== undefined) return { reason, detail: steady(waiting?.message ?? waiting?.reason ?? '') };
  const unscheduled = (pod.status?.conditions ?? []).find(
    ({ type, status, reason: why }) => type === 'PodScheduled' && status === 'False' && why === 'Unschedulable',
  );
  return unscheduled && { reason: 'Unschedulable', detail: unscheduled.message ?? '' };
}

/** The kubelet alternates between the error and its back-off; without the prefix both say the same, and cost one write. */
const steady = (message: string): string => message.replace(/^Back-off pulling image "[^"]*": (ErrImagePull: )?/, '');
