import { AGENT_ENV, ERRORS, type ErrorCode } from '@sympozium/api';
import type { Attempt } from './attempt.js';
import { sentence } from './sentence.js';

/** Why a run failed, as its status says it. */
export interface Failure {
  readonly reason: ErrorCode;
  readonly message: string;
}

export const failure = (reason: ErrorCode, detail?: string): Failure => ({
  reason,
  message: sentence(reason, detail),
});

/** Why an attempt that ended without an answer failed. The agent's own word comes first, then the node's. */
export function attemptFailure(attempt: Attempt): Failure {
  const { envelope } = attempt;
  if (attempt.disrupted) return failure('Disrupted', disruption(attempt));
  if (envelope?.status === 'error') return agentsWord(envelope.error ?? { code: 'AgentFailed', message: '' });
  if (attempt.stopped || envelope?.status === 'cancelled') return failure('Disrupted', stop(attempt));
  return attempt.terminated === undefined ? rejected(attempt) : nodesWord(attempt);
}

function agentsWord({ code, message }: { readonly code: string; readonly message: string }): Failure {
  if (isCondition(code)) return failure(code, message);
  return failure('AgentFailed', message === '' ? code : `${message} (${code})`);
}

const isCondition = (code: string): code is ErrorCode =>
  Object.hasOwn(ERRORS, code) && (ERRORS[code as ErrorCode].surface as readonly string[]).includes('condition');

function nodesWord({ terminated, exitCode }: Attempt): Failure {
  const reason = terminated?.reason;
  if (reason === 'StartError' || reason === 'ContainerCannotRun')
    return failure('ContainerStartFailed', terminated?.message ?? reason);
  const why = reason === undefined || reason === 'Error' || reason === 'Completed' ? '' : ` (${reason})`;
  return failure('AgentFailed', `exit code ${exitCode}${why}, and no result at $${AGENT_ENV.result}`);
}

/** Node-level ends that carry no DisruptionTarget condition everywhere. */
const DISRUPTIONS: ReadonlySet<string> = new Set(['Evicted', 'Preempting', 'NodeLost', 'NodeShutdown', 'Terminated']);

function rejected({ pod: { status } }: Attempt): Failure {
  const detail = [status?.reason, status?.message].filter(Boolean).join(': ');
  return failure(DISRUPTIONS.has(status?.reason ?? '') ? 'Disrupted' : 'ContainerStartFailed', detail);
}

const disruption = ({ pod }: Attempt): string | undefined =>
  pod.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')?.message;

const stop = ({ pod, stopped }: Attempt): string =>
  stopped ? `Pod ${pod.metadata.name} was deleted` : 'the agent was told to stop, but not by Sympozium';
