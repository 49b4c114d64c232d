import type { AgentRun } from '@sympozium/api';
import type { ObservedView } from '@sympozium/plugin-sdk';
import { JOB, POD, type Job, type Pod } from '@sympozium/plugin-sdk/manifests';

/** What is known of a run's Job: a task has one in its life, so "not there" has two meanings. */
export interface JobHistory {
  readonly job: Job | undefined;
  /** Newest last. */
  readonly pods: readonly Pod[];
  /** The run's status says that it had a Job. */
  readonly recorded: boolean;
  /** The Job is or was there. Pods prove it too: their watch may be ahead of the Job's. */
  readonly made: boolean;
}

export function jobHistory(view: ObservedView): JobHistory {
  const job = view.children.of(JOB)[0];
  const pods = [...view.related.of(POD)].sort(byAge);
  const recorded = isRecorded(view.run);
  return { job, pods, recorded, made: job !== undefined || recorded || pods.length > 0 };
}

const isRecorded = ({ status }: AgentRun): boolean =>
  status.startedAt !== undefined || (status.children ?? []).some((child) => child.kind === JOB.kind);

const age = (pod: Pod): string => `${pod.metadata.creationTimestamp ?? ''} ${pod.metadata.name}`;
const byAge = (a: Pod, b: Pod): number => (age(a) < age(b) ? -1 : 1);
