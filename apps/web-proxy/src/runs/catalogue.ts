import type { SympoziumInstance } from '@sympozium/api';
import type { Store } from '@sympozium/kube';
import type { Caller } from '../keys/api-key.js';

/** The instances of the namespace, as far as a caller may see them. */
export class Catalogue {
  readonly #store: Store<SympoziumInstance>;
  readonly #namespace: string;

  constructor(store: Store<SympoziumInstance>, namespace: string) {
    this.#store = store;
    this.#namespace = namespace;
  }

  /** All that the caller may call, by name. */
  list(caller: Caller): SympoziumInstance[] {
    return this.#store
      .list(this.#namespace)
      .filter((instance) => mayCall(caller, instance.metadata.name) && !isGoing(instance))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** The instance of this name, if the caller may call it. */
  find(caller: Caller, name: string): SympoziumInstance | undefined {
    if (!mayCall(caller, name)) return undefined;
    const instance = this.#store.get(this.#namespace, name);
    return instance && !isGoing(instance) ? instance : undefined;
  }
}

const mayCall = ({ instances }: Caller, name: string): boolean => instances?.includes(name) ?? true;

const isGoing = ({ metadata }: SympoziumInstance): boolean => metadata.deletionTimestamp !== undefined;
