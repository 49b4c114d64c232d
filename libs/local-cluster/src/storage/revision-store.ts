import type { ApiObject } from '../api-object.js';

/** One committed change of one object. Objects are shared and frozen: never change them. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  /** After the change; for DELETED as it was stored last, with the deletion's revision as resourceVersion. */
  readonly object: ApiObject;
  /** Before the change; absent for ADDED. */
  readonly previous?: ApiObject;
  readonly revision: number;
}

/**
 * What `update` shall do with the newest object: store this one (it is frozen), remove it, or leave everything as it
 * is. Where a removal names an object, as the update that takes the last finalizer does, `update` resolves with that;
 * watches are told what was stored last.
 */
export type Decision =
  | { readonly action: 'store'; readonly object: ApiObject }
  | { readonly action: 'remove'; readonly object?: ApiObject }
  | { readonly action: 'keep' };

/**
 * All objects and one ordered log of their changes, as etcd is for Kubernetes. Keys are
 * `/<group or core>/<plural>/<namespace or empty>/<name>`; a prefix ends with a slash. Reads, lists and watches see
 * only what is committed (durable); `update` decides on the newest state, committed or not, so writes are serial.
 * Revisions begin at 1 and rise by one a change; an object's `metadata.resourceVersion` is the revision that wrote it,
 * set by the store.
 */
export interface RevisionStore {
  /** Of the last committed change. */
  readonly revision: number;
  /** The oldest revision whose following changes are still known; a watch from before it gets 410. */
  readonly compacted: number;
  get(key: string): ApiObject | undefined;
  /** Sorted by key. With `at`: as it was at that revision; throws `expired` if it is compacted away. */
  list(prefix: string, options?: { readonly at?: number }): readonly ApiObject[];
  /**
   * Calls `decide` at once (synchronously; what it throws, `update` rejects with) and resolves when its decision is
   * durable: with the object as stored, as removed (at the deletion's revision), or as it was. For `keep`, resolves once the object that was read is
   * committed.
   */
  update(key: string, decide: (current: ApiObject | undefined) => Decision): Promise<ApiObject | undefined>;
  /**
   * Every change under the prefix with a revision above `from`, in order: known ones at once, then as they are
   * committed. Throws `expired` if `from` is compacted away. Returns its own end.
   */
  watch(prefix: string, from: number, listener: (change: Change) => void): () => void;
  /** Called after each commit with the new revision, whatever changed: for bookmarks and waits. Returns its own end. */
  onCommit(listener: (revision: number) => void): () => void;
  /** Forgets the log up to a revision. */
  compact(revision: number): void;
  /** Commits what is pending and lets go of the files. */
  close(): Promise<void>;
}
