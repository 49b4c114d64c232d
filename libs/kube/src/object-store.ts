import type { KubeObject } from '@sympozium/api';
import type { Store } from './informer.js';

type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

export const storeKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;

/** Objects by name and by the values of their indexes. */
export class ObjectStore<T extends KubeObject> implements Store<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Indexes<T>;
  readonly #indexed = new Map<string, Map<string, T>>();

  constructor(indexes: Indexes<T> = {}) {
    this.#indexes = indexes;
  }

  get(namespace: string | undefined, name: string): T | undefined {
    return this.#objects.get(storeKey(namespace, name));
  }

  list(namespace?: string): readonly T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  by(index: string, value: string): readonly T[] {
    return [...(this.#indexed.get(`${index}\0${value}`)?.values() ?? [])];
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  /** Puts an object in the place of the one of its name; returns that one. */
  set(object: T): T | undefined {
    const key = storeKey(object.metadata.namespace, object.metadata.name);
    const old = this.#objects.get(key);
    if (old) this.#unindex(key, old);
    this.#objects.set(key, object);
    for (const entry of this.#entries(object)) {
      const bucket = this.#indexed.get(entry) ?? new Map<string, T>();
      this.#indexed.set(entry, bucket.set(key, object));
    }
    return old;
  }

  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (!old) return undefined;
    this.#objects.delete(key);
    this.#unindex(key, old);
    return old;
  }

  #unindex(key: string, object: T): void {
    for (const entry of this.#entries(object)) {
      const bucket = this.#indexed.get(entry);
      bucket?.delete(key);
      if (bucket?.size === 0) this.#indexed.delete(entry);
    }
  }

  #entries(object: T): string[] {
    return Object.entries(this.#indexes).flatMap(([name, valuesOf]) => valuesOf(object).map((v) => `${name}\0${v}`));
  }
}
