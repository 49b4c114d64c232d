import { AGENT_ENV, agentFailure, failure, type Failure } from '@sympozium/api';
import type { Attempt, AttemptEnd } from './attempt.js';

/** Why an attempt that ended without an answer failed: who ended it comes first, then the agent's word, then the node's. */
export function attemptFailure(attempt: Attempt, end: AttemptEnd): Failure {
  const { envelope } = end;
  if (end.disrupted) return failure('Disrupted', disruption(attempt));
  if (envelope?.status === 'error') return agentFailure(envelope.error);
  if (end.stopped) return failure('Disrupted', `Pod ${attempt.pod.metadata.name} was deleted`);
  if (envelope?.status === 'cancelled')
    return failure('Disrupted', 'the agent was told to stop, but not by a cancel of the run');
  return end.terminated === undefined ? rejected(attempt) : nodesWord(end.terminated);
}

/** Reasons of a container that tell nothing beyond the exit code. */
const PLAIN: ReadonlySet<string> = new Set(['Error', 'Completed']);

function nodesWord({ reason = 'Error', message = '', exitCode }: NonNullable<AttemptEnd['terminated']>): Failure {
  if (reason === 'StartError' || reason === 'ContainerCannotRun')
    return failure('ContainerStartFailed', message || reason);
  const why = PLAIN.has(reason) ? '' : ` (${reason})`;
  const said = message === '' ? `no result at $${AGENT_ENV.result}` : `no valid result, but: ${message}`;
  return failure('AgentFailed', `exit code ${exitCode}${why}, and ${said}`);
}

/** A node that took the Pod and then refused it (OutOfcpu, NodeAffinity, UnexpectedAdmissionError). */
const rejected = ({ pod: { status } }: Attempt): Failure =>
  failure('Unschedulable', [status?.reason, status?.message].filter(Boolean).join(': '));

function disruption({ pod: { status } }: Attempt): string | undefined {
  const condition = status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  return condition?.message ?? status?.message ?? status?.reason;
}
