import { isTerminal, type AgentRun } from '@sympozium/api';
import { millis } from '../status/time.js';
import type { ScheduleFacts } from './schedule-facts.js';
import { byAge, tickOf } from './tick-of.js';

/**
 * Ended runs that the schedule's history does not keep, oldest first. The run of a tick stays until the stored status
 * says that the tick was dealt with: until then its name is what keeps the tick from starting another one.
 */
export function surplusRuns(facts: ScheduleFacts): readonly AgentRun[] {
  const { schedule, runs } = facts;
  const { history } = schedule.spec;
  const ended = runs
    .filter((run) => isTerminal(run.status.phase) && run.metadata.deletionTimestamp === undefined)
    .sort(byAge);
  const surplus = (phase: string, kept: number): readonly AgentRun[] => {
    const those = ended.filter((run) => run.status.phase === phase);
    return those.slice(0, Math.max(0, those.length - kept));
  };
  const last = lastDealtWith(facts);
  return [...surplus('Succeeded', history.succeeded), ...surplus('Failed', history.failed)]
    .filter((run) => (tickOf(run) ?? -Infinity) <= last)
    .sort(byAge);
}

/** No tick up to this time starts anything any more, as the stored status has it. */
function lastDealtWith({ schedule: { status = {} }, now }: ScheduleFacts): number {
  const { observedGeneration, armed, lastTickTime } = status;
  // Suspended, or not valid: its ticks will count anew when that ends.
  if (observedGeneration !== undefined && !armed) return now;
  return Math.max(millis(lastTickTime) ?? -Infinity, millis(armed?.since) ?? -Infinity);
}
