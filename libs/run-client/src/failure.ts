import { ERRORS, type ErrorCode } from '@sympozium/api';
import type { ResultError } from '@sympozium/run-protocol';

/** Why a run has no answer. */
export interface Failure {
  readonly reason: ErrorCode;
  readonly message: string;
}

const unpunctuated = (text: string): string => text.trim().replace(/[.:]+$/, '');

/** What a code means, the case at hand, and what to do next. */
export function failure(reason: ErrorCode, detail = ''): Failure {
  const { meaning, action } = ERRORS[reason];
  const what = detail.trim() === '' ? meaning : `${unpunctuated(meaning)}: ${unpunctuated(detail)}.`;
  return { reason, message: `${what} ${action}` };
}

/** A row of the error table that a run may have as its reason. */
export const isRunReason = (code: string | undefined): code is ErrorCode =>
  code !== undefined &&
  Object.hasOwn(ERRORS, code) &&
  (ERRORS[code as ErrorCode].surface as readonly string[]).includes('condition');

/** What an agent said of its own failure. A code of its own making is told, but counts as `AgentFailed`. */
export function agentFailure(error: ResultError | undefined): Failure {
  if (!error) return failure('AgentFailed');
  if (isRunReason(error.code)) return failure(error.code, error.message);
  return failure('AgentFailed', error.message.trim() === '' ? error.code : `${error.message} (${error.code})`);
}

/** What the operator stored about a failed or waiting run. */
export const storedFailure = (reason: string | undefined, message: string | undefined): Failure => {
  if (!isRunReason(reason)) return failure('AgentFailed', message ?? reason);
  return message === undefined ? failure(reason) : { reason, message };
};
