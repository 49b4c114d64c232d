import { unknownEnd } from './pod-status.js';
import type { ContainerStatus, Pod, Terminated } from './pod.js';

/** The last run of a container in a former life of the node. */
export interface FormerRun {
  readonly restartCount: number;
  readonly lastTerminated: Terminated;
}

/** By container name, what a Pod's status says of those that have run. */
export function formerRuns({ status }: Pod): ReadonlyMap<string, FormerRun> {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return new Map(all.flatMap((container) => entryOf(container)));
}

function entryOf({ name, restartCount, state, lastState }: ContainerStatus): [string, FormerRun][] {
  const { running, terminated = lastState.terminated } = state;
  const lastTerminated = running ? { ...unknownEnd(LOST), startedAt: running.startedAt } : terminated;
  return lastTerminated ? [[name, { restartCount, lastTerminated }]] : [];
}

const LOST = 'The virtual node ended while the container ran';
