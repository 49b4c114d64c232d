import type { ApiObject } from '../../api-object.js';
import { prefixOf } from '../../rest/store-key.js';
import type { RevisionStore } from '../../storage/revision-store.js';
import type { User } from '../auth.js';
import { Bindings, type Bound } from './bindings.js';
import type { PolicyRule } from './policy-rule.js';
import { RBAC_GROUP, rulesOf, type RoleRef } from './rbac-objects.js';

/** The rules that one binding gives a user, or why its role could not be found. */
export type Grant =
  | { readonly bound: Bound; readonly rules: readonly PolicyRule[] }
  | { readonly bound: Bound; readonly missing: string };

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

  /** Rules of a role; a text where there is none. */
  rulesOf({ kind, name }: RoleRef, namespace = ''): readonly PolicyRule[] | string {
    const plural = ROLES[kind];
    if (plural === undefined) return `unsupported role reference kind: ${JSON.stringify(kind)}`;
    const home = kind === 'Role' ? namespace : '';
    const role = this.#store.get(`${prefixOf({ group: RBAC_GROUP, plural }, home)}${name}`);
    return role ? rulesOf(role) : `${kind.toLowerCase()}.${RBAC_GROUP} ${JSON.stringify(name)} not found`;
  }

  #grant(bound: Bound): Grant {
    const rules = this.rulesOf(bound.binding.roleRef, bound.binding.namespace);
    return typeof rules === 'string' ? { bound, missing: rules } : { bound, rules };
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

const ROLES: Readonly<Record<string, string>> = { Role: 'roles', ClusterRole: 'clusterroles' };
