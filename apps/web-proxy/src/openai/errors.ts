import { ERRORS, errorSentence, SympoziumError, type ErrorCode, type ErrorRow } from '@sympozium/api';

/** The body of every error, https://platform.openai.com/docs/guides/error-codes. */
export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

export interface HttpErrorOptions extends ErrorOptions {
  /** The field of the request that is wrong. */
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that a caller gets: a code of the error table that is seen over HTTP. */
export class HttpError extends SympoziumError {
  readonly param: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message?: string, options: HttpErrorOptions = {}) {
    super(code, message ?? errorSentence(code), options);
    this.param = options.param;
    this.headers = options.headers ?? {};
  }
}

/** A code as HTTP shows it: its own when the table gives it a status, else `run_failed`. */
export function httpCode(code: ErrorCode): ErrorCode {
  const row: ErrorRow = ERRORS[code];
  return row.status === undefined || !row.surface.includes('http') ? 'run_failed' : code;
}

export function statusOf(code: ErrorCode): number {
  const row: ErrorRow = ERRORS[httpCode(code)];
  return row.status ?? 500;
}

export function errorBody(code: ErrorCode, message: string, param?: string): ErrorBody {
  const row: ErrorRow = ERRORS[httpCode(code)];
  return { error: { message, type: row.type ?? 'server_error', param: param ?? null, code: httpCode(code) } };
}

/** The error of a run that did not end well; its message names the reason. */
export const runError = (reason: ErrorCode, message: string): HttpError =>
  new HttpError(reason, `The run failed (${reason}). ${message}`);
