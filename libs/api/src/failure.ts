import { errorSentence } from './error-sentence.js';
import { ERRORS, type ErrorCode, type ErrorRow } from './errors.js';

/** Why a run failed or cannot start, as its status and its waiters say it. */
export interface Failure {
  readonly reason: ErrorCode;
  readonly message: string;
}

/** A failure with its sentence: what happened, the case at hand, and what to do next. */
export const failure = (reason: ErrorCode, detail?: string): Failure => ({
  reason,
  message: errorSentence(reason, detail),
});

/** Whether it is a code of the table that a run may have as its reason. */
export function isRunReason(code: string | undefined): code is ErrorCode {
  if (code === undefined || !Object.hasOwn(ERRORS, code)) return false;
  const { surface }: ErrorRow = ERRORS[code as ErrorCode];
  return surface.includes('condition');
}

/** What an agent said of its own failure. A code of its own making is told, but counts as `AgentFailed`. */
export function agentFailure(error: { readonly code: string; readonly message: string } | undefined): Failure {
  if (!error) return failure('AgentFailed');
  const { code, message } = error;
  if (isRunReason(code)) return failure(code, message);
  return failure('AgentFailed', message.trim() === '' ? code : `${message} (${code})`);
}
