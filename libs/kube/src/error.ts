/** A Status answer of the API server, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status; 0 when no answer came (connection refused, reset). */
  readonly status: number;
  /** The Status' reason: NotFound, AlreadyExists, Conflict, Gone, Expired, Invalid, Forbidden, TooManyRequests … */
  readonly reason: string;
  /** From Retry-After or details.retryAfterSeconds. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, reason: string, message: string, options?: ErrorOptions & { retryAfterMs?: number }) {
    super(message, options);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = options?.retryAfterMs;
  }
}

export const isNotFound = (e: unknown): e is KubeError => e instanceof KubeError && e.status === 404;
export const isAlreadyExists = (e: unknown): e is KubeError => e instanceof KubeError && e.reason === 'AlreadyExists';
export const isConflict = (e: unknown): e is KubeError => e instanceof KubeError && e.reason === 'Conflict';
export const isGone = (e: unknown): e is KubeError => e instanceof KubeError && e.status === 410;
