/** What is wrong with one field, in the words of k8s.io/apimachinery/pkg/util/validation/field. */
export interface FieldError {
  readonly type:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueTypeInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueDuplicate'
    | 'FieldValueTooLong'
    | 'FieldValueTooMany'
    | 'FieldValueTooShort'
    | 'FieldValueNotFound'
    | 'InternalError';
  /** e.g. `spec.template.spec.containers[0].name`. */
  readonly field: string;
  /** Whole text after the field, as Kubernetes says it, e.g. `Required value: must be specified`. */
  readonly message: string;
}

/** `details` of a Status, https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** A refusal in the API's own terms; it becomes a Status answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;
  /** The Status' own `metadata`: how a list that is too old may go on. */
  readonly metadata: { readonly continue?: string };

  constructor(code: number, reason: string, message: string, details?: StatusDetails & { readonly continue?: string }) {
    super(message);
    const { continue: token, ...rest } = details ?? {};
    this.code = code;
    this.reason = reason;
    this.details = details && rest;
    this.metadata = token === undefined ? {} : { continue: token };
  }
}

/** Names a resource in messages: `jobs.batch`, `pods`. */
export interface GroupResource {
  readonly group: string;
  readonly plural: string;
}

const qualified = ({ group, plural }: GroupResource): string => (group === '' ? plural : `${plural}.${group}`);
const detailsOf = ({ group, plural }: GroupResource, name: string): StatusDetails => ({
  name,
  ...(group && { group }),
  kind: plural,
});

export const notFound = (resource: GroupResource, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: GroupResource, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));

export const conflict = (resource: GroupResource, name: string, why: string): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );

export const STALE = 'the object has been modified; please apply your changes to the latest version and try again';

export const forbidden = (resource: GroupResource, name: string, why: string): ApiError =>
  new ApiError(
    403,
    'Forbidden',
    name === ''
      ? `${qualified(resource)} is forbidden: ${why}`
      : `${qualified(resource)} "${name}" is forbidden: ${why}`,
    detailsOf(resource, name),
  );

/** 422 with every field's error as a cause, each once. `kind` is the Kind's name, e.g. `Job`. */
export function invalid(kind: { group: string; kind: string }, name: string, found: readonly FieldError[]): ApiError {
  const isFirst = ({ type, field, message }: FieldError, index: number): boolean =>
    found.findIndex((error) => error.type === type && error.field === field && error.message === message) === index;
  const errors = found.filter(isFirst);
  const lines = errors.map(({ field, message }) => `${field}: ${message}`);
  const text = lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`;
  const who = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError(422, 'Invalid', `${who} "${name}" is invalid: ${text}`, {
    name,
    ...(kind.group && { group: kind.group }),
    kind: kind.kind,
    causes: errors.map(({ type, field, message }) => ({ reason: type, message, field })),
  });
}

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);
export const expired = (message: string): ApiError => new ApiError(410, 'Expired', message);
export const methodNotAllowed = (message: string): ApiError => new ApiError(405, 'MethodNotAllowed', message);
export const noSuchPath = (): ApiError =>
  new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
export const unsupportedMediaType = (message: string): ApiError => new ApiError(415, 'UnsupportedMediaType', message);
export const notImplemented = (message: string): ApiError => new ApiError(501, 'NotImplemented', message);
