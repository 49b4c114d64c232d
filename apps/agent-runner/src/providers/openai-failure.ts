import { SympoziumError } from '@sympozium/api';
import { APIConnectionError, APIError } from 'openai';

const MAX_DETAIL = 300;

/** What a failure is told with. */
export interface FailedCall {
  /** The provider's address, without credentials. */
  readonly where: string;
  /** Characters of the answer that had come. */
  readonly received: number;
  readonly hasKey: boolean;
  /** Never to be told, whoever repeats them. */
  readonly secrets: readonly string[];
}

/** Why the model gave no answer, or no whole one, in one sentence with the next step. */
export function modelFailure(error: unknown, call: FailedCall): SympoziumError {
  if (error instanceof SympoziumError) return error;
  const status = error instanceof APIError ? error.status : undefined;
  if (status === 401 || status === 403) return refused(error, call);
  const [what, next] = describe(error, call);
  return modelError(`the model at ${call.where} ${what}; ${next}`, error);
}

/** The stream ended as if all were well, but the model never said that it had finished. */
export const unfinished = (call: FailedCall): SympoziumError =>
  modelError(`the model at ${call.where} ended its stream${after(call)} without a finish reason; ${AGAIN}`);

const AGAIN = 'start the run again';

const modelError = (message: string, cause?: unknown): SympoziumError =>
  new SympoziumError('ModelError', message, { cause });

function refused(error: unknown, call: FailedCall): SympoziumError {
  const next = call.hasKey
    ? 'check that the key in model.authSecretRef is valid there'
    : "no key was sent: name its Secret in the instance's model.authSecretRef";
  const message = `the model at ${call.where} answered ${detail(error, call)}; ${next}`;
  return new SympoziumError('ModelAuthFailed', message, { cause: error });
}

function describe(error: unknown, call: FailedCall): readonly [what: string, next: string] {
  if (error instanceof APIConnectionError)
    return [`cannot be reached: ${detail(error, call)}`, "check the instance's model.baseURL, proxy and caBundleRef"];
  if (!(error instanceof APIError)) return [`broke off${after(call)}: ${detail(error, call)}`, AGAIN];
  if (error.status === undefined) return [`sent an error${after(call)}: ${detail(error, call)}`, AGAIN];
  return [`answered ${detail(error, call)}`, nextStep(error.status)];
}

function nextStep(status: number): string {
  if (status === 429) return "start the run again later, or raise the key's quota at the provider";
  if (status === 404) return "check the instance's model.name and model.baseURL";
  return status < 500 ? "check the request and the instance's model" : AGAIN;
}

const after = ({ received }: FailedCall): string => ` after ${received} characters`;

/** The innermost message: libraries wrap what happened in "fetch failed". */
function detail(error: unknown, { secrets }: FailedCall): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  const text = inner instanceof Error ? inner.message || codeOf(inner) : String(inner);
  const told = secrets.reduce((safe, secret) => safe.replaceAll(secret, '***'), text);
  const line = told.replace(/\s+/gu, ' ').trim().replace(/\.+$/, '');
  return line.length <= MAX_DETAIL ? line : `${line.slice(0, MAX_DETAIL)}…`;
}

/** An AggregateError of several addresses has a code but no message. */
const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.name);
