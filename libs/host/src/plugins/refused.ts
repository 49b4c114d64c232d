import { errorSentence, SympoziumError, type ErrorCode } from '@sympozium/api';

/** Why a plugin may not run, with what is wrong in this case. */
export const refused = (code: ErrorCode, detail: string, options?: ErrorOptions): SympoziumError =>
  new SympoziumError(code, errorSentence(code, detail), options);

/** What was thrown, as one sentence. */
export const thrown = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
