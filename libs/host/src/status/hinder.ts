import { durationMs, type AgentRun, type Lifecycle } from '@sympozium/api';
import type { Obstacle } from '../plan/obstacle.js';
import type { Outcome } from './outcome.js';

export interface Hindrance {
  readonly obstacle: Obstacle | undefined;
  readonly now: number;
}

/** How long after its own deadline a run that runs may still be seen to end. */
const GRACE_MS = 60_000;

/** When a hindered run is given up: its timeout from its creation, or, once it runs, from its start and some grace. */
export function giveUpAt({ metadata, spec, status }: AgentRun): number {
  const timeout = durationMs(spec.timeout);
  return status.phase === 'Running' && status.startedAt !== undefined
    ? Date.parse(status.startedAt) + timeout + GRACE_MS
    : Date.parse(metadata.creationTimestamp ?? '') + timeout;
}

/**
 * The outcome of a run that an obstacle keeps from going on: pending with the obstacle's reason, failed when it can
 * never go on or is given up. Whatever a plugin sees working, or ended, goes before any obstacle.
 */
export function hinder(run: AgentRun, lifecycle: Lifecycle, outcome: Outcome, { obstacle, now }: Hindrance): Outcome {
  if (!obstacle || outcome.state !== 'pending') return outcome;
  const { reason, message, final } = obstacle;
  if (final) return { state: 'failed', reason, message };
  if (lifecycle === 'once' && now >= giveUpAt(run))
    return { state: 'failed', reason, message: `Given up after ${run.spec.timeout}. ${message}` };
  return { ...outcome, reason, message };
}
