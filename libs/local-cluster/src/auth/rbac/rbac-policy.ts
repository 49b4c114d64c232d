import type { ApiObject } from '../../api-object.js';
import { keyOf, prefixOf } from '../../rest/store-key.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import type { User } from '../auth.js';
import { Bindings, type Bound } from './bindings.js';
import type { PolicyRule } from './policy-rule.js';
import { RBAC_GROUP, rulesOf, type RoleRef } from './rbac-objects.js';

/** The rules that one binding gives a user; none where its role is not there. */
export interface Grant {
  readonly bound: Bound;
  readonly rules: readonly PolicyRule[] | undefined;
}

/** All roles and bindings as they are committed, kept in memory and found by user. */
export class RbacPolicy {
  readonly #store: RevisionStore;
  readonly #clusterWide = new Bindings();
  readonly #byNamespace = new Map<string, Bindings>();
  readonly #ends: (() => void)[];

  constructor(store: RevisionStore) {
    this.#store = store;
    this.#ends = ['clusterrolebindings', 'rolebindings'].map((plural) => this.#follow(plural));
  }

  close(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  /** Cluster-wide grants first, then those of the namespace. Lazy: who needs no more reads no more. */
  *grantsOf(user: User, namespace = ''): Generator<Grant> {
    for (const bound of this.#clusterWide.of(user)) yield this.#grant(bound);
    for (const bound of this.#byNamespace.get(namespace)?.of(user) ?? []) yield this.#grant(bound);
  }

  rulesOf({ kind, name }: RoleRef, namespace = ''): readonly PolicyRule[] | undefined {
    const resource = { group: RBAC_GROUP, plural: kind === 'Role' ? 'roles' : 'clusterroles' };
    const role = this.#store.get(keyOf(resource, { namespace: kind === 'Role' ? namespace : '', name }));
    return role && rulesOf(role);
  }

  #grant(bound: Bound): Grant {
    return { bound, rules: this.rulesOf(bound.binding.roleRef, bound.binding.namespace) };
  }

  #follow(plural: string): () => void {
    const prefix = prefixOf({ group: RBAC_GROUP, plural });
    for (const object of this.#store.list(prefix)) this.#set(object);
    return this.#store.watch(prefix, this.#store.revision, ({ type, object }) => {
      if (type === 'DELETED') this.#delete(object);
      else this.#set(object);
    });
  }

  #set(object: ApiObject): void {
    const { namespace } = object.metadata;
    const bindings = this.#bindingsOf(namespace) ?? new Bindings();
    bindings.set(object);
    if (namespace !== undefined) this.#byNamespace.set(namespace, bindings);
  }

  #delete({ metadata: { name = '', namespace } }: ApiObject): void {
    const bindings = this.#bindingsOf(namespace);
    bindings?.delete(name);
    if (namespace !== undefined && bindings?.size === 0) this.#byNamespace.delete(namespace);
  }

  #bindingsOf(namespace: string | undefined): Bindings | undefined {
    return namespace === undefined ? this.#clusterWide : this.#byNamespace.get(namespace);
  }
}
