import { AGENT_RUN, LABEL, type AgentRun } from '@sympozium/api';
import Table from 'cli-table3';
import { connect } from '../cluster.js';
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
    else if (items.length === 0) process.stderr.write(`no runs in namespace ${options.namespace}\n`);
    else process.stdout.write(`${renderRuns(items, Date.now())}\n`);
  } finally {
    await client.close();
  }
}

const createdAt = (run: AgentRun): string => run.metadata.creationTimestamp ?? '';

/** The table of `get runs`; `now` in milliseconds since 1970. */
export function renderRuns(runs: readonly AgentRun[], now: number): string {
  const table = new Table({
    head: HEAD,
    chars: BORDERLESS,
    style: { head: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const run of runs) table.push(cells(run, now));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const HEAD = ['NAME', 'PHASE', 'MODE', 'INSTANCE', 'REASON', 'AGE', 'RESULT'];

const cells = ({ metadata, spec, status }: AgentRun, now: number): string[] => [
  metadata.name,
  status.phase,
  status.mode ?? spec.mode ?? '',
  spec.instanceRef.name,
  status.reason ?? '',
  age(metadata.creationTimestamp, now),
  status.resultPreview ?? '',
];

/** As kubectl writes ages: 12s, 5m, 3h, 2d. */
export function age(since: string | undefined, now: number): string {
  if (since === undefined) return '';
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

const BORDERLESS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
    [side, ''],
    [`${side}-mid`, ''],
    [`${side}-left`, ''],
    [`${side}-right`, ''],
    [`mid-mid`, ''],
    ['middle', ''],
  ]),
);
