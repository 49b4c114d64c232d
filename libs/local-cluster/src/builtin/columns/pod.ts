import { ageOf, cellsFor, isTrue, NAME_AND_AGE, NONE } from './cell.js';
import {
  hasSucceeded,
  initProgress,
  isInitializing,
  isRestartable,
  type ContainerStatus,
  type Pod,
} from './pod-containers.js';
import { podReason } from './pod-reason.js';

export const POD = cellsFor<Pod>({
  ...NAME_AND_AGE,
  Ready: readiness,
  Status: podReason,
  Restarts: restarts,
  IP: ({ status }) => status.podIPs?.[0]?.ip || NONE,
  Node: ({ spec }) => spec.nodeName || NONE,
  'Nominated Node': ({ status }) => status.nominatedNodeName || NONE,
  'Readiness Gates': readinessGates,
});

function readiness(pod: Pod): string {
  const { containers, initContainers = [] } = pod.spec;
  const total = containers.length + initContainers.filter(isRestartable).length;
  const started = initProgress(pod).finished.filter(
    (status) => status.ready && !hasSucceeded(status) && isRestartable(initContainer(pod, status)),
  );
  const ready = isInitializing(pod) ? [] : (pod.status.containerStatuses ?? []).filter(isReady);
  return `${started.length + ready.length}/${total}`;
}

const isReady = ({ ready, state }: ContainerStatus): boolean =>
  ready && state?.running !== undefined && state.terminated === undefined;

const initContainer = ({ spec }: Pod, { name }: ContainerStatus): { restartPolicy?: string } | undefined =>
  spec.initContainers?.find((container) => container.name === name);

/** While a Pod initializes, those of its init containers; afterwards those of the containers that stay. */
function restarts(pod: Pod, now: number): string {
  const { seen } = initProgress(pod);
  const counted = isInitializing(pod)
    ? seen
    : [...seen.filter((status) => isRestartable(initContainer(pod, status))), ...(pod.status.containerStatuses ?? [])];
  const count = counted.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const last = counted
    .map(({ lastState }) => lastState?.terminated?.finishedAt ?? '')
    .sort()
    .at(-1);
  return count > 0 && last ? `${count} (${ageOf(last, now)} ago)` : String(count);
}

function readinessGates({ spec: { readinessGates: gates = [] }, status: { conditions } }: Pod): string {
  if (gates.length === 0) return NONE;
  const passed = gates.filter(({ conditionType }) => isTrue(conditions, conditionType));
  return `${passed.length}/${gates.length}`;
}
