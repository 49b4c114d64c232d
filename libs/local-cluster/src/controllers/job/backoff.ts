import { millis } from '../shared/time.js';
import { podCondition, type ContainerStatus, type Pod } from '../shared/pod.js';

const FIRST_MS = 10_000;
const LONGEST_MS = 600_000;

/** How often Pods of a Job failed since one succeeded, and when last. */
export interface BackoffRecord {
  readonly failures: number;
  readonly lastFailure: number;
}

const NONE: BackoffRecord = { failures: 0, lastFailure: 0 };

/** The record after further Pods have ended. A success ends a series of failures. */
export function nextRecord(
  record: BackoffRecord = NONE,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): BackoffRecord {
  const failures = failed.map(finishedAt);
  if (succeeded.length === 0) {
    if (failures.length === 0) return record;
    return { failures: record.failures + failures.length, lastFailure: Math.max(...failures) };
  }
  const lastSuccess = Math.max(...succeeded.map(finishedAt));
  const since = failures.filter((time) => time > lastSuccess);
  return { failures: since.length, lastFailure: Math.max(0, ...since) };
}

/** How long the next Pod has to wait: ten seconds after the first failure, doubling up to ten minutes. */
export function remainingMs({ failures, lastFailure }: BackoffRecord, now: number): number {
  if (failures === 0) return 0;
  const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
  return Math.max(0, pause - (now - lastFailure));
}

/** When a Pod ended, as far as it tells. */
function finishedAt(pod: Pod): number {
  const { creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata;
  const ready = podCondition(pod, 'Ready');
  const unready = ready?.status === 'False' ? millis(ready.lastTransitionTime) : undefined;
  const deleted = millis(deletionTimestamp);
  const asked = deleted === undefined ? undefined : deleted - deletionGracePeriodSeconds * 1000;
  return fromContainers(pod) ?? unready ?? asked ?? millis(creationTimestamp) ?? 0;
}

/** The end of the last container, sidecars included; undefined while one has not ended. */
function fromContainers({ spec, status }: Pod): number | undefined {
  const sidecars = new Set(spec.initContainers?.filter((c) => c.restartPolicy === 'Always').map(({ name }) => name));
  const init = status?.initContainerStatuses?.filter(({ name }) => sidecars.has(name)) ?? [];
  const ends = [...(status?.containerStatuses ?? []), ...init].map(endOf);
  return ends.length === 0 || ends.includes(undefined) ? undefined : Math.max(...ends.map((end) => end ?? 0));
}

const endOf = ({ state }: ContainerStatus): number | undefined => millis(state?.terminated?.finishedAt);
