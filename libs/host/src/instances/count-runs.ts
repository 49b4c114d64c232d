import { isTerminal, type AgentRun } from '@sympozium/api';

/** How many task runs of an instance there are that have not ended. */
export interface RunCounts {
  /** They work, or what does their work exists. */
  readonly activeRuns: number;
  /** Nothing was made for them yet. */
  readonly queuedRuns: number;
}

export function countRuns(tasks: readonly AgentRun[], hasChildren: (run: AgentRun) => boolean): RunCounts {
  const open = tasks.filter(({ status }) => !isTerminal(status.phase));
  const active = open.filter((run) => run.status.phase !== 'Pending' || hasChildren(run));
  return { activeRuns: active.length, queuedRuns: open.length - active.length };
}
