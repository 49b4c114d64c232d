import { childName, type AgentRun } from '@sympozium/api';
import type { ObservedView } from '@sympozium/plugin-sdk';
import { JOB, POD, type Job, type Pod } from '@sympozium/plugin-sdk/manifests';
import { readAttempt, type Attempt } from './attempt.js';
import type { TaskParams } from './config.js';

export type TaskView = ObservedView<TaskParams>;

/** What is known of a run's only Job and its Pods, read once. */
export interface Facts {
  readonly view: TaskView;
  readonly job: Job | undefined;
  /** The run's status says that it had a Job. */
  readonly recorded: boolean;
  /** The Job is or was there. Pods prove it too: their watch may be ahead of the Job's. */
  readonly made: boolean;
  /** Newest last. */
  readonly attempts: readonly Attempt[];
  readonly last: Attempt | undefined;
  /** No Pod that is seen works, or is about to. */
  readonly idle: boolean;
  /** The last attempt ended, and the Job has no further one to give. */
  readonly exhausted: boolean;
}

export function readFacts(view: TaskView): Facts {
  const job = jobOf(view);
  const recorded = isRecorded(view.run);
  const attempts = podsOf(view).map(readAttempt);
  return {
    view,
    job,
    recorded,
    made: wasMade(view),
    attempts,
    last: attempts.at(-1),
    idle: attempts.every(({ end }) => end !== undefined),
    exhausted: isExhausted(view.run, job, attempts),
  };
}

/** The run's Job, if it is there. */
export const jobOf = ({ run, children }: TaskView): Job | undefined =>
  children.of(JOB).find(({ metadata }) => metadata.name === childName(run.metadata.name));

/** Whether the run had its Job: a task has one in its life, so "not there" has two meanings. */
export const wasMade = (view: TaskView): boolean =>
  jobOf(view) !== undefined || isRecorded(view.run) || podsOf(view).length > 0;

/** The Pods of the run's Job, oldest first. */
export const podsOf = ({ related }: TaskView): readonly Pod[] => [...related.of(POD)].sort(byAge);

/** When the agent first began to work; what the status says stays. */
export const startOf = ({ view, attempts }: Facts): string | undefined =>
  view.run.status.startedAt ?? attempts.find(({ startedAt }) => startedAt !== undefined)?.startedAt;

const isRecorded = ({ metadata, status }: AgentRun): boolean =>
  status.startedAt !== undefined ||
  (status.children ?? []).some(({ kind, name }) => kind === JOB.kind && name === childName(metadata.name));

const age = ({ metadata }: Pod): string => `${metadata.creationTimestamp ?? ''} ${metadata.name}`;
const byAge = (a: Pod, b: Pod): number => (age(a) < age(b) ? -1 : 1);

function isExhausted({ spec }: AgentRun, job: Job | undefined, attempts: readonly Attempt[]): boolean {
  const end = attempts.at(-1)?.end;
  if (end === undefined) return false;
  const failures = attempts.filter((attempt) => attempt.end && attempt.end.exitCode !== 0).length;
  return end.exitCode === 0 || Math.max(failures, job?.status?.failed ?? 0) > spec.retry.limit;
}
