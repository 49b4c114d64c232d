import type { SympoziumInstance } from '@sympozium/api';
import type { Store } from '@sympozium/kube';
import type { Caller } from '../keys/api-key.js';

/** The instances that are served, as far as a caller may see them. */
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
      .filter((instance) => mayCall(caller, instance) && !isGoing(instance))
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** The instance of this name, if the caller may call it. */
  find(caller: Caller, name: string): SympoziumInstance | undefined {
    const instance = this.#store.get(this.#namespace, name);
    return instance && mayCall(caller, instance) && !isGoing(instance) ? instance : undefined;
  }

  /** Whether pages of this origin may call the instance of this name; without a name, any that is served. */
  allowsOrigin(origin: string, name?: string): boolean {
    if (name === undefined) return this.#store.list(this.#namespace).some((instance) => allows(instance, origin));
    const instance = this.#store.get(this.#namespace, name);
    return instance !== undefined && allows(instance, origin);
  }
}

/** The key names its instances, the instance its keys: both must agree, and who says nothing agrees. */
function mayCall({ id, instances }: Caller, { metadata, spec }: SympoziumInstance): boolean {
  const keys = spec.endpoint?.keys;
  return (!instances || instances.includes(metadata.name)) && (!keys || keys.includes(id));
}

const isGoing = ({ metadata }: SympoziumInstance): boolean => metadata.deletionTimestamp !== undefined;

const allows = ({ spec }: SympoziumInstance, origin: string): boolean =>
  spec.endpoint?.cors?.origins.some((allowed) => allowed === '*' || allowed === origin) ?? false;
