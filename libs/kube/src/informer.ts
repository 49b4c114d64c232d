import type { Kind, KubeObject } from '@sympozium/api';
import type { Runnable } from '@sympozium/process';

/** Read side of an informer's cache. Objects are shared: never change them. */
export interface Store<T extends KubeObject> {
  get(namespace: string | undefined, name: string): T | undefined;
  list(namespace?: string): readonly T[];
  /** Objects under a value of one of the informer's indexes. */
  by(index: string, value: string): readonly T[];
}

export interface InformerEvent<T extends KubeObject> {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: T;
  readonly old?: T;
}

export interface InformerOptions<T extends KubeObject> {
  readonly kind: Kind<T>;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Trims an object before it is stored (managedFields are always dropped). */
  readonly trim?: (object: T) => T;
  /** Objects a page of the list, default 500; fewer where they are large. */
  readonly pageSize?: number;
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
}

/**
 * A cache of one kind that follows the server: paged list, watch with bookmarks, relist on 410 and once in a while,
 * backoff with jitter. `start()` resolves when it has synced; while the server refuses the list it waits, says why in
 * the log, and tries again.
 */
export interface Informer<T extends KubeObject> extends Runnable {
  readonly store: Store<T>;
  /** True after the first complete list. */
  readonly synced: boolean;
  /** Called for every change, in order, after the store has it. Returns its own removal. */
  onEvent(handler: (event: InformerEvent<T>) => void): () => void;
  /** Highest resourceVersion of the object's kind that was seen (list, event or bookmark), for read-your-writes. */
  readonly resourceVersion: string | undefined;
}
