import type { Kind, KubeObject } from '@sympozium/api';
import type { Readable } from 'node:stream';

export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ListOptions extends CallOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface KubeList<T> {
  readonly items: T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export interface WatchOptions extends CallOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion: string;
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds?: number;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface WriteOptions extends CallOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  readonly subresource?: 'status' | 'scale';
}

/** Content of a PATCH, https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply. */
export type Patch =
  | { readonly type: 'json'; readonly body: readonly unknown[] }
  | { readonly type: 'merge' | 'strategic'; readonly body: object }
  | { readonly type: 'apply'; readonly body: object; readonly force?: boolean };

export interface DeleteOptions extends CallOptions {
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export interface LogOptions extends CallOptions {
  readonly container: string;
  readonly follow?: boolean;
  readonly limitBytes?: number;
  readonly tailLines?: number;
}

/**
 * The Kubernetes API, for any kind. Every method rejects with `KubeError`, or with the signal's reason when it was
 * aborted. Watches and JSON calls use connections of their own, so that a stream never waits behind a call.
 * Calls that surely had no effect (429, and reads over a connection that broke) are tried again a few times; a write
 * that may have had its effect never is.
 */
export interface KubeClient {
  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options?: CallOptions): Promise<T>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<KubeList<T>>;
  /** Ends when the server ends it; throws when history is gone (410), or the connection breaks off. */
  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options?: WriteOptions): Promise<T>;
  replace<T extends KubeObject>(kind: Kind<T>, object: KubeObject, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: Patch, options?: WriteOptions): Promise<T>;
  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /** The log of a Pod's container as a byte stream. */
  logs(pod: ObjectKey, options: LogOptions): Promise<Readable>;
  /** Any other path, e.g. `/version`, `/openid/v1/jwks`, a TokenRequest: its JSON, or its text if it is none. */
  raw(method: string, path: string, body?: unknown, options?: CallOptions): Promise<unknown>;
  /** Whether the server serves the kind's API. */
  serves(kind: Kind, options?: CallOptions): Promise<boolean>;
  close(): Promise<void>;
}
