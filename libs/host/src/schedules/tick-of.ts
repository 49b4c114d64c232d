import { ANNOTATION, isTerminal, type AgentRun } from '@sympozium/api';

/** The tick that started a run; undefined for one that somebody asked for out of turn. */
export function tickOf({ metadata }: AgentRun): number | undefined {
  const tick = Date.parse(metadata.annotations?.[ANNOTATION.scheduledAt] ?? '');
  return Number.isNaN(tick) ? undefined : tick;
}

/** The order of a schedule's runs, oldest first: by tick, or by creation for those out of turn. */
export const byAge = (a: AgentRun, b: AgentRun): number =>
  age(a) - age(b) || (a.metadata.name < b.metadata.name ? -1 : 1);

const age = (run: AgentRun): number => tickOf(run) ?? Date.parse(run.metadata.creationTimestamp ?? '');

/** Those that have not ended, oldest first. */
export const openRuns = (runs: readonly AgentRun[]): AgentRun[] =>
  runs.filter(({ status }) => !isTerminal(status.phase)).sort(byAge);
