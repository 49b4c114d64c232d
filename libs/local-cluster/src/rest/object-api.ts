import type { ApiObject, ObjectName } from '../api-object.js';
import type { User } from '../auth/auth.js';
import type { Resource } from '../resources/resource.js';

/** What every write may carry, https://kubernetes.io/docs/reference/using-api/api-concepts/. */
export interface WriteParameters {
  /** Who asks: for admission, and in its name as default field manager's origin. */
  readonly user: User;
  /** Default: from the user agent, as the real server does (up to the first slash). */
  readonly fieldManager: string;
  readonly dryRun: boolean;
  /** What becomes of unknown and duplicate fields; default `Warn`. */
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** What strict decoding has found in the body's text already, e.g. fields that stand there twice. */
  readonly problems?: readonly string[];
  /** Collects texts for `Warning` headers. */
  readonly warn: (text: string) => void;
  readonly subresource?: 'status' | 'scale';
}

export type PatchRequest =
  | { readonly type: 'json'; readonly body: unknown }
  | { readonly type: 'merge' | 'strategic'; readonly body: unknown }
  | {
      readonly type: 'apply';
      readonly body: unknown;
      readonly force: boolean;
      /** What stands twice in its text, e.g. `line 7: key "k" already set in map`. */
      readonly duplicates?: readonly string[];
    };

export interface ListParameters {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
}

export interface ObjectList {
  readonly items: readonly ApiObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface WatchParameters {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** The changes after it are told. */
  readonly resourceVersion?: string;
  /** A bookmark with the annotation `k8s.io/initial-events-end` ends the objects that are there. */
  readonly allowWatchBookmarks?: boolean;
  /** Whether it begins with an ADDED for each object there is; default: without a version, or from `0`. */
  readonly sendInitialEvents?: boolean;
}

export type ApiWatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: ApiObject }
  /** A Status; the watch ends after it. */
  | { readonly type: 'ERROR'; readonly object: object };

export interface DeleteParameters {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly orphanDependents?: boolean;
}

/**
 * The verbs of the API on any resource, without HTTP: defaulting, pruning, validation, admission, optimistic locking,
 * managed fields, finalizers. Every method rejects with `ApiError`. Authorization was asked before. What it returns is
 * shared with the store and frozen.
 */
export interface ObjectApi {
  get(resource: Resource, name: ObjectName, subresource?: 'status' | 'scale'): ApiObject;
  list(resource: Resource, parameters: ListParameters): ObjectList;
  /** Pushes events until `end` is called. Throws 410 at once where the version is too old. */
  watch(resource: Resource, parameters: WatchParameters, onEvent: (event: ApiWatchEvent) => void): () => void;
  create(
    resource: Resource,
    namespace: string | undefined,
    body: unknown,
    parameters: WriteParameters,
  ): Promise<ApiObject>;
  /** `created` tells 201 from 200. */
  update(
    resource: Resource,
    name: ObjectName,
    body: unknown,
    parameters: WriteParameters,
  ): Promise<{ object: ApiObject; created: boolean }>;
  patch(
    resource: Resource,
    name: ObjectName,
    patch: PatchRequest,
    parameters: WriteParameters,
  ): Promise<{ object: ApiObject; created: boolean }>;
  /** `object` is set while it is still there (finalizers, grace): answered with it; else with a Status of success. */
  delete(
    resource: Resource,
    name: ObjectName,
    options: DeleteParameters,
    parameters: WriteParameters,
  ): Promise<{ object: ApiObject; gone: boolean }>;
  deleteCollection(
    resource: Resource,
    selection: ListParameters,
    options: DeleteParameters,
    parameters: WriteParameters,
  ): Promise<ObjectList>;
  /**
   * Changes an object as the server itself does (binding, finalize, marks): no validation, no admission, managed fields
   * as they are. `change` gets a copy that it may change, and may throw.
   */
  writeRaw(resource: Resource, name: ObjectName, change: (object: ApiObject) => ApiObject): Promise<ApiObject>;
}

export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** What was asked for: an update or an apply may create. */
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly resource: Resource;
  readonly subresource?: string;
  /** As messages tell it: of an object whose name is not generated yet, what it begins with. */
  readonly name: ObjectName;
  readonly object: ApiObject | undefined;
  readonly old: ApiObject | undefined;
  readonly user: User;
  readonly dryRun: boolean;
  readonly warn: (text: string) => void;
}

/** Looks at writes on both sides of validation; throws `ApiError` where it refuses. */
export interface Admission {
  /** Sees what is asked for, with its defaults but not validated yet, and may change it. */
  admit?(request: AdmissionRequest): void;
  /** Sees what is valid and would be stored. A deletion is not judged. */
  judge?(request: AdmissionRequest): void;
}
