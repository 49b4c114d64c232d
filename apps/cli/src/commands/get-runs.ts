import { AGENT_RUN, LABEL, type AgentRun } from '@sympozium/api';
import { age } from '../age.js';
import { connect } from '../cluster.js';
import { renderTable } from '../render-table.js';
import type { ClusterOptions, OutputOptions } from './options.js';

interface GetRunsOptions extends ClusterOptions, OutputOptions {
  readonly instance?: string;
}

/** `sympozium get runs`: the newest last, as `kubectl get arun` shows them. */
export async function getRuns(options: GetRunsOptions): Promise<void> {
  const client = await connect(options);
  try {
    const labelSelector =
      options.instance === undefined ? {} : { labelSelector: `${LABEL.instance}=${options.instance}` };
    const { items } = await client.list(AGENT_RUN, { namespace: options.namespace, ...labelSelector });
    items.sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1));
    if (options.output === 'json') process.stdout.write(`${JSON.stringify(items, null, 2)}\n`);
    else if (items.length === 0) process.stderr.write(`${noRuns(options)}\n`);
    else process.stdout.write(`${renderRuns(items, Date.now())}\n`);
  } finally {
    await client.close();
  }
}

function noRuns({ namespace, instance }: GetRunsOptions): string {
  return `no runs${instance === undefined ? '' : ` of instance ${instance}`} in namespace ${namespace}`;
}

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
