import { COMMAND_ERRORS } from './errors/command-errors.js';
import type { ErrorRow } from './errors/error-row.js';
import { HTTP_ERRORS } from './errors/http-errors.js';
import { PLUGIN_ERRORS } from './errors/plugin-errors.js';
import { RUN_ERRORS } from './errors/run-errors.js';
import { SCHEDULE_ERRORS } from './errors/schedule-errors.js';
import { SERVER_ERRORS } from './errors/server-errors.js';

export { COMMAND_ERRORS, HTTP_ERRORS, PLUGIN_ERRORS, RUN_ERRORS, SCHEDULE_ERRORS, SERVER_ERRORS };
export type { ErrorRow, ErrorSurface } from './errors/error-row.js';

/** Every reason, HTTP code and plugin error. docs/errors.md is generated from it. */
export const ERRORS = {
  ...RUN_ERRORS,
  ...SERVER_ERRORS,
  ...SCHEDULE_ERRORS,
  ...HTTP_ERRORS,
  ...PLUGIN_ERRORS,
  ...COMMAND_ERRORS,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code of the table; `message` says what is wrong in this case and what to do next. */
export class SympoziumError extends Error {
  override readonly name = 'SympoziumError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
