import { AGENT_ENV, ERRORS, errorSentence, type ErrorCode } from '@sympozium/api';
import type { ResultError } from '@sympozium/run-protocol';
import type { Attempt, AttemptEnd } from './attempt.js';

/** Why a run failed or cannot start, as its status says it. */
export interface Failure {
  readonly reason: ErrorCode;
  readonly message: string;
}

/** A failure with its sentence: what happened, the case at hand, and what to do next. */
export const failure = (reason: ErrorCode, detail = ''): Failure => ({
  reason,
  message: errorSentence(reason, oneLine(detail)),
});

/** Line breaks and control characters are spaces in a table's column; half a character no API server takes. */
const oneLine = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\u{fffd}')
    .trim();

/** Why an attempt that ended without an answer failed: who ended it comes first, then the agent's word, then the node's. */
export function attemptFailure(attempt: Attempt, end: AttemptEnd): Failure {
  const { envelope } = end;
  if (end.disrupted) return failure('Disrupted', disruption(attempt));
  if (envelope?.status === 'error') return agentsWord(envelope.error);
  if (end.stopped) return failure('Disrupted', `Pod ${attempt.pod.metadata.name} was deleted`);
  if (envelope?.status === 'cancelled')
    return failure('Disrupted', 'the agent was told to stop, but not by a cancel of the run');
  return end.terminated === undefined ? rejected(attempt) : nodesWord(end.terminated);
}

function agentsWord({ code, message }: ResultError = { code: 'AgentFailed', message: '' }): Failure {
  if (isCondition(code)) return failure(code, message);
  return failure('AgentFailed', message === '' ? code : `${message} (${code})`);
}

const isCondition = (code: string): code is ErrorCode =>
  Object.hasOwn(ERRORS, code) && (ERRORS[code as ErrorCode].surface as readonly string[]).includes('condition');

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
