import { isTerminal, type AgentRun, type SympoziumSchedule } from '@sympozium/api';
import { millis } from '../status/time.js';
import { byAge, tickOf } from './tick-of.js';

/**
 * Ended runs that the schedule's history does not keep, oldest first. The run of a tick stays until the stored status
 * says that the tick was dealt with: until then its name is what keeps the tick from starting another one.
 */
export function surplusRuns({ spec, status }: SympoziumSchedule, runs: readonly AgentRun[]): readonly AgentRun[] {
  const { history } = spec;
  const ended = runs
    .filter((run) => isTerminal(run.status.phase) && run.metadata.deletionTimestamp === undefined)
    .sort(byAge);
  const surplus = (phase: string, kept: number): readonly AgentRun[] => {
    const those = ended.filter((run) => run.status.phase === phase);
    return those.slice(0, Math.max(0, those.length - kept));
  };
  const dealtWith = Math.max(millis(status?.lastTickTime) ?? -Infinity, millis(status?.armed?.since) ?? -Infinity);
  return [...surplus('Succeeded', history.succeeded), ...surplus('Failed', history.failed)]
    .filter((run) => (tickOf(run) ?? -Infinity) <= dealtWith)
    .sort(byAge);
}
