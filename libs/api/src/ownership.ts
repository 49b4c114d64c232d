import type { KubeObject, OwnerReference } from './kinds/kube-object.js';

/**
 * The owner reference that makes `owner` the controller of a child and lets the garbage collector delete the child
 * after it. `holds`: a foreground deletion of the owner waits for the child; a cluster may want whoever says so to be
 * allowed to set the owner's finalizers. Throws `TypeError` for an owner that the API server has not stored yet: it
 * has no uid.
 */
export function ownerReference(owner: KubeObject, holds = true): OwnerReference {
  const { name, uid } = owner.metadata;
  if (!uid) throw new TypeError(`${owner.kind} ${name} has no uid yet; read it from the API server first`);
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, controller: true, blockOwnerDeletion: holds };
}
