import { isTerminal, type AgentRun, type AgentRunStatus } from '@sympozium/api';
import { foldConditions } from '../status/conditions.js';
import { rfc3339 } from '../status/time.js';
import { without } from '../without.js';

/** The last status of a server that was taken down. A run that had failed before stays failed. */
export function closedStatus({ status, metadata }: AgentRun, now: number): AgentRunStatus {
  if (isTerminal(status.phase)) return status;
  const completedAt = rfc3339(now);
  const conditions = foldConditions(status.conditions ?? [], {
    outcome: { state: 'pending' },
    phase: 'Succeeded',
    obstacle: undefined,
    generation: metadata.generation,
    createdAt: metadata.creationTimestamp ?? completedAt,
    appliedAt: metadata.creationTimestamp,
    startedAt: undefined,
    completedAt,
    now,
  });
  return { ...without(status, 'reason', 'message'), phase: 'Succeeded', completedAt, conditions };
}
