import { kindKey, type Kind, type KubeObject } from '@sympozium/api';
import { KubeError } from '../error.js';

/** One change of one object. `object` is absent in no case: a deleted object is as it was last. */
export interface Change {
  readonly version: number;
  readonly kind: string;
  readonly object: KubeObject;
  /** What the change replaced or deleted. */
  readonly old?: KubeObject;
  readonly deleted: boolean;
}

/** All changes of all kinds, numbered in one sequence. */
export class EventHistory {
  #version = 1_000;
  #oldest = 1_000;
  #changes: Change[] = [];
  readonly #listeners = new Set<(change: Change) => void>();

  /** The number of the last change. */
  get version(): number {
    return this.#version;
  }

  /** Gives the next change its number; `make` gets it as a resource version. */
  append(kind: Kind, make: (resourceVersion: string) => Pick<Change, 'object' | 'old' | 'deleted'>): Change {
    this.#version += 1;
    const change = { version: this.#version, kind: kindKey(kind), ...make(String(this.#version)) };
    this.#changes.push(change);
    for (const listener of this.#listeners) listener(change);
    return change;
  }

  /** Changes after a version; 410 when some of them are forgotten. */
  since(version: number): readonly Change[] {
    if (version < this.#oldest)
      throw new KubeError(410, 'Expired', `too old resource version: ${version} (${this.#oldest})`);
    return this.#changes.filter((change) => change.version > version);
  }

  /** Forgets everything up to now, as compaction does. */
  expire(): void {
    this.#oldest = this.#version;
    this.#changes = [];
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
