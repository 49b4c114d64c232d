import type { ErrorCode, Failure } from '@sympozium/api';
import { unscheduled, waitingObstacle } from '@sympozium/plugin-sdk/manifests';
import type { Attempt } from './attempt.js';
import { attemptFailure } from './failure.js';

/** Reasons that say why a run does not start, rather than how it ended. */
export const START_REASONS: ReadonlySet<string> = new Set<ErrorCode>([
  'ImagePullFailed',
  'ContainerConfigError',
  'ContainerStartFailed',
  'Unschedulable',
]);

/** What keeps an attempt's agent from starting, in our own words. */
export function startObstacle(attempt: Attempt): Failure | undefined {
  if (!attempt.end) return (attempt.waiting && waitingObstacle(attempt.waiting)) ?? unscheduled(attempt.pod);
  const ended = attemptFailure(attempt, attempt.end);
  return START_REASONS.has(ended.reason) ? ended : undefined;
}
