import type { StatusDetails } from '../api-error.js';

/** Who asks, https://kubernetes.io/docs/reference/access-authn-authz/authentication/. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What is asked for, https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes. */
export interface Attributes {
  readonly user: User;
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; lower-case method for non-resource paths. */
  readonly verb: string;
  /** Absent: a request for `path`. */
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly plural: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly path: string;
}

/** Knows a bearer token's user; undefined: nobody's (401). */
export interface Authenticator {
  authenticate(token: string): Promise<User | undefined>;
}

/** Says yes or why not, in RBAC's own words. */
export interface Authorizer {
  authorize(attributes: Attributes): { readonly allowed: boolean; readonly reason: string };
}

/** One finished request for the audit log, https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/, level Metadata. */
export interface AuditRecord {
  readonly attributes: Attributes;
  readonly requestUri: string;
  readonly userAgent: string;
  readonly sourceIp: string;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
  readonly stage: 'ResponseStarted' | 'ResponseComplete';
  readonly code: number;
  /** Absent for a success. */
  readonly reason?: string;
  /** The rest of a failure's Status. */
  readonly failure?: { readonly message?: string; readonly details?: StatusDetails };
  /** Stands for the request: the same in all its records, which so get one id. */
  readonly request?: object;
  /** What the authorizer said, if it was asked. */
  readonly decision?: { readonly allowed: boolean; readonly reason: string };
  /** What the body's metadata says where the path does not. */
  readonly object?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
  };
  /** Further annotations, e.g. the id of a token that was issued. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Whom the user acts as. */
  readonly impersonated?: User;
}

export interface AuditLog {
  write(record: AuditRecord): void;
  close(): Promise<void>;
}
