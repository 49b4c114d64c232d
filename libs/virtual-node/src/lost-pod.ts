import { unknownEnd, type Failure } from './pod-status.js';
import { timestamp, type Container, type ContainerStatus, type Pod, type PodStatus } from './pod.js';

/** The last status of a Pod whose processes this node has not: what ran has an unknown end, what had ended stays. */
export function lostPodStatus(pod: Pod, failure: Failure, now: number): PodStatus {
  const notReady = { status: 'False', reason: 'PodFailed', lastTransitionTime: timestamp(now) } as const;
  const known = new Map(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((s) => [s.name, s]),
  );
  const status = ({ name, image = '' }: Container): ContainerStatus => {
    const before = known.get(name);
    const running = before?.state.running;
    const end = unknownEnd(failure.message);
    const terminated = running ? { ...end, startedAt: running.startedAt, finishedAt: timestamp(now) } : end;
    return {
      ...{ name, image, imageID: '', restartCount: 0, lastState: {} },
      ...before,
      ready: false,
      started: false,
      state: { terminated: before?.state.terminated ?? terminated },
    };
  };
  const { initContainers, containers } = pod.spec;
  return {
    phase: 'Failed',
    ...failure,
    conditions: ['PodReadyToStartContainers', 'ContainersReady', 'Ready'].map((type) => ({ type, ...notReady })),
    ...(initContainers ? { initContainerStatuses: initContainers.map(status) } : {}),
    containerStatuses: containers.map(status),
  };
}

/** Whether the API says that one of the Pod's containers was started. */
export const hasStarted = (pod: Pod): boolean =>
  pod.status?.phase === 'Running' ||
  (pod.status?.initContainerStatuses ?? []).some(({ state }) => state.running ?? state.terminated);
