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
}

export interface AuditLog {
  write(record: AuditRecord): void;
  close(): Promise<void>;
}
