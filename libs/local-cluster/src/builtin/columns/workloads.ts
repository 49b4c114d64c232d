import { humanDuration } from '../../human-duration.js';
import { cellsFor, isTrue, NAME_AND_AGE, NONE } from './cell.js';
import { selectorText, type LabelSelector } from '../../label-selector.js';

interface Template {
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
}

interface Workload {
  readonly spec: { readonly template: Template; readonly selector?: LabelSelector; readonly replicas?: number };
}

const CONTAINERS = cellsFor<Workload>({
  Containers: ({ spec }) => spec.template.spec.containers.map(({ name }) => name).join(','),
  Images: ({ spec }) => spec.template.spec.containers.map(({ image = '' }) => image).join(','),
  Selector: ({ spec }) => selectorText(spec.selector) || NONE,
});

interface Deployment extends Workload {
  readonly status: {
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}

export const DEPLOYMENT = cellsFor<Deployment>({
  ...NAME_AND_AGE,
  ...CONTAINERS,
  Ready: ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  'Up-to-date': ({ status }) => status.updatedReplicas ?? 0,
  Available: ({ status }) => status.availableReplicas ?? 0,
  Selector: ({ spec }) => selectorText(spec.selector),
});

interface ReplicaSet extends Workload {
  readonly status: { readonly replicas?: number; readonly readyReplicas?: number };
}

export const REPLICA_SET = cellsFor<ReplicaSet>({
  ...NAME_AND_AGE,
  ...CONTAINERS,
  Desired: ({ spec }) => spec.replicas ?? 0,
  Current: ({ status }) => status.replicas ?? 0,
  Ready: ({ status }) => status.readyReplicas ?? 0,
});

interface Job extends Workload {
  readonly metadata: { readonly deletionTimestamp?: string; readonly name: string };
  readonly spec: Workload['spec'] & { readonly completions?: number; readonly parallelism?: number };
  readonly status: {
    readonly succeeded?: number;
    readonly startTime?: string;
    readonly completionTime?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export const JOB = cellsFor<Job>({
  ...NAME_AND_AGE,
  ...CONTAINERS,
  Status: jobStatus,
  Completions: completions,
  Duration: duration,
});

/** What a Job is by its conditions, the first that holds; a deletion comes before all but an end. */
const ENDS = ['Complete', 'Failed'];
const STATES = ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function jobStatus({ metadata, status: { conditions } }: Job): string {
  const end = ENDS.find((type) => isTrue(conditions, type));
  if (end !== undefined) return end;
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return STATES.find((type) => isTrue(conditions, type)) ?? 'Running';
}

function completions({ spec: { completions: wanted, parallelism = 0 }, status: { succeeded = 0 } }: Job): string {
  if (wanted !== undefined) return `${succeeded}/${wanted}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status: { startTime, completionTime } }: Job, now: number): string {
  if (startTime === undefined) return '';
  return humanDuration((completionTime === undefined ? now : Date.parse(completionTime)) - Date.parse(startTime));
}
