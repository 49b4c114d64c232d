import { AGENT_RUN, LABEL, type AgentRun } from '@sympozium/api';
import { age } from '../age.js';
import { printList } from '../print-list.js';
import { renderTable } from '../render-table.js';
import type { ClusterOptions, OutputOptions } from './options.js';

interface GetRunsOptions extends ClusterOptions, OutputOptions {
  readonly instance?: string;
}

/** `sympozium get runs`: the newest last, as `kubectl get arun` shows them. */
export const getRuns = ({ instance, ...options }: GetRunsOptions): Promise<void> =>
  printList(options, {
    kind: AGENT_RUN,
    ...(instance !== undefined && { query: { labelSelector: `${LABEL.instance}=${instance}` } }),
    order: (a, b) => (createdAt(a) < createdAt(b) ? -1 : 1),
    noun: instance === undefined ? 'runs' : `runs of instance ${instance}`,
    render: renderRuns,
  });

const createdAt = (run: AgentRun): string => run.metadata.creationTimestamp ?? '';

const HEAD = ['NAME', 'PHASE', 'MODE', 'INSTANCE', 'REASON', 'AGE', 'RESULT'];

/** The table of `get runs`; `now` in milliseconds since 1970. */
export const renderRuns = (runs: readonly AgentRun[], now: number): string =>
  renderTable(
    HEAD,
    runs.map((run) => cells(run, now)),
  );

const cells = ({ metadata, spec, status }: AgentRun, now: number): string[] => [
  metadata.name,
  status.phase,
  status.mode ?? spec.mode ?? '',
  spec.instanceRef.name,
  status.reason ?? '',
  age(metadata.creationTimestamp, now),
  status.resultPreview ?? '',
];
