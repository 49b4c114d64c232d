import { kindKey, type Kind, type KubeObject, type ObjectMeta, type OwnerReference } from '@sympozium/api';

/** What the garbage collector knows of an object. */
export interface GraphNode {
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
}

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** Whether the object waits for its dependents to go first. */
export const waitsForDependents = ({ metadata }: GraphNode): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true;

/** Whether the object's deletion shall leave its dependents. */
export const leavesDependents = ({ metadata }: GraphNode): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(ORPHAN) === true;

export const ownersOf = ({ metadata }: GraphNode): readonly OwnerReference[] => metadata.ownerReferences ?? [];

/** All objects by uid, and who depends on whom. */
export class OwnerGraph {
  readonly #nodes = new Map<string, GraphNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): GraphNode | undefined {
    return this.#nodes.get(uid);
  }

  dependents(uid: string): GraphNode[] {
    return [...(this.#dependents.get(uid) ?? [])]
      .map((one) => this.#nodes.get(one))
      .filter((node) => node !== undefined);
  }

  set(kind: Kind, { metadata }: KubeObject): GraphNode {
    const { uid = '' } = metadata;
    this.delete(uid);
    const node = { kind, metadata };
    this.#nodes.set(uid, node);
    for (const owner of ownersOf(node)) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set();
      this.#dependents.set(owner.uid, dependents.add(uid));
    }
    return node;
  }

  delete(uid: string): void {
    const node = this.#nodes.get(uid);
    if (!node) return;
    this.#nodes.delete(uid);
    for (const owner of ownersOf(node)) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }

  /** The uids of all objects of a kind. */
  ofKind(kind: Kind): string[] {
    const key = kindKey(kind);
    return [...this.#nodes].filter(([, node]) => kindKey(node.kind) === key).map(([uid]) => uid);
  }

  /** Whether the owner is there: in the dependent's namespace, or of the whole cluster. */
  hasOwner(dependent: GraphNode, { uid }: OwnerReference): boolean {
    const owner = this.#nodes.get(uid);
    if (!owner) return false;
    return !owner.kind.namespaced || owner.metadata.namespace === dependent.metadata.namespace;
  }
}
