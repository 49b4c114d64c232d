import type { KubeObject, OwnerReference } from './kinds/kube-object.js';

/**
 * The owner reference that makes `owner` the controller of a child and lets the garbage collector delete the child
 * after it. Throws `TypeError` for an owner that the API server has not stored yet: it has no uid.
 */
export function ownerReference(owner: KubeObject): OwnerReference {
  const { name, uid } = owner.metadata;
  if (!uid) throw new TypeError(`${owner.kind} ${name} has no uid yet; read it from the API server first`);
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: true };
}
