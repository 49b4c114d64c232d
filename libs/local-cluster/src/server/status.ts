import { ApiError, type StatusDetails } from '../api-error.js';

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: { readonly continue?: string };
  readonly status: 'Failure' | 'Success';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
  readonly code?: number;
}

/** The answer to a refusal; what is no refusal is a defect of ours: 500. */
export function statusOf(error: unknown): Status & { readonly code: number } {
  const refusal = error instanceof ApiError ? error : internalError(error);
  const { code, reason, message, details, metadata } = refusal;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata,
    status: 'Failure',
    message,
    ...(reason && { reason }),
    ...(details && { details: withoutEmpty(details) }),
    code,
  };
}

export function internalError(error: unknown): ApiError {
  const text = error instanceof Error ? error.message : String(error);
  return new ApiError(500, 'InternalError', `Internal error occurred: ${text}`, { causes: [{ message: text }] });
}

/** The answer to a deletion of an object that is gone. */
export const deletedStatus = (details: StatusDetails): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: withoutEmpty(details),
});

/** Go leaves out what is empty. */
const withoutEmpty = (details: StatusDetails): object =>
  Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined && value !== ''));

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');

export const methodNotServed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const tooLarge = (limit: number): ApiError =>
  new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`);

/** The answers of the router itself, before a kind has its say. */
export const notAcceptedByRoute = (available: readonly string[]): ApiError =>
  new ApiError(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${available.join(', ')}`, {});

export const mediaTypeNotRouted = (): ApiError =>
  new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});

export const notAcceptable = (accepted: readonly string[]): ApiError =>
  new ApiError(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
