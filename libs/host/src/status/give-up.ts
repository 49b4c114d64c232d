import { durationMs, errorSentence, type AgentRun, type ErrorCode, type Lifecycle } from '@sympozium/api';
import type { Observation } from '@sympozium/plugin-sdk';
import type { Obstacle } from '../plan/obstacle.js';
import type { Outcome } from './outcome.js';

/** A run that has not ended, and what its time is counted from. */
export interface Unended {
  readonly run: AgentRun;
  readonly lifecycle: Lifecycle;
  readonly outcome: Observation | Outcome;
  readonly obstacle?: Obstacle | undefined;
  /** When the first of its children was made, RFC 3339. */
  readonly madeAt?: string | undefined;
}

/** How long after its own deadline a run may still be seen to end. */
const GRACE_MS = 60_000;

/**
 * When the host ends a run that works once, whatever its mode still waits for: a minute after its timeout, counted from
 * its start, or from when its first child was made. Until then its Job should have ended it; but a suspended Job has no
 * deadline, a lost node tells of no end, and a Job controller may be dead. What an obstacle keeps from starting has its
 * timeout from its creation.
 */
export function giveUpAt({ run, lifecycle, outcome, obstacle, madeAt }: Unended): number {
  if (lifecycle !== 'once') return Infinity;
  const { creationTimestamp = '' } = run.metadata;
  const timeout = durationMs(run.spec.timeout);
  const startedAt = run.status.startedAt ?? (outcome.state === 'running' ? outcome.startedAt : undefined);
  if (startedAt === undefined && obstacle) return Date.parse(creationTimestamp) + timeout;
  return Date.parse(startedAt ?? madeAt ?? creationTimestamp) + timeout + GRACE_MS;
}

/** What may still end by itself. A server that serves has no time to end in. */
export type Open = Extract<Outcome, { state: 'pending' | 'running' }>;

/** How a run ends that is given up: by the user's own word, by what stood in its way, or by the time alone. */
export function givenUp(run: AgentRun, outcome: Open, obstacle: Obstacle | undefined): Outcome {
  const { timeout, cancel } = run.spec;
  const fail = (reason: ErrorCode, message: string): Outcome => ({ ...outcome, state: 'failed', reason, message });
  const late = (reason: ErrorCode, what: string): Outcome =>
    fail(reason, errorSentence(reason, `spec.timeout is ${timeout}, and nothing told of its ${what}`));
  if (cancel === true) return late('Cancelled', 'end');
  const { reason, message = '' } = obstacle ?? (outcome.state === 'pending' ? outcome : NOTHING);
  if (reason !== undefined) return fail(reason, `Given up after ${timeout}. ${message}`);
  const started = outcome.state === 'running' || run.status.startedAt !== undefined;
  return started ? late('DeadlineExceeded', 'end') : late('StartTimeout', 'start');
}

const NOTHING: { readonly reason?: ErrorCode; readonly message?: string } = {};
