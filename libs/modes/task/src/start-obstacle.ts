import type { ErrorCode, Failure } from '@sympozium/api';
import { crashLoop, isInCrashLoop, unscheduled, waitingObstacle, type Pod } from '@sympozium/plugin-sdk/manifests';
import type { Attempt } from './attempt.js';
import { attemptFailure } from './failure.js';

/** Reasons that say why a run does not start, rather than how it ended. */
export const START_REASONS: ReadonlySet<string> = new Set<ErrorCode>([
  'ImagePullFailed',
  'ContainerConfigError',
  'ContainerStartFailed',
  'Unschedulable',
  'CrashLoopBackOff',
]);

/** What keeps an attempt's agent from starting, in our own words. */
export function startObstacle(attempt: Attempt): Failure | undefined {
  const { pod, waiting, end } = attempt;
  if (!end) return (waiting && waitingObstacle(waiting)) ?? toolObstacle(pod) ?? unscheduled(pod);
  const ended = attemptFailure(attempt, end);
  return START_REASONS.has(ended.reason) ? ended : undefined;
}

/** The agent waits for the tools of its skills. */
function toolObstacle({ status }: Pod): Failure | undefined {
  for (const tool of status?.initContainerStatuses ?? []) {
    const { waiting } = tool.state ?? {};
    const obstacle = (waiting && waitingObstacle(waiting)) ?? (isInCrashLoop(tool) ? crashLoop(tool) : undefined);
    if (obstacle) return obstacle;
  }
  return undefined;
}
