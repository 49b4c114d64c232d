import type { ApiObject } from '../../api-object.js';
import type { PolicyRule } from './policy-rule.js';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

export interface RoleRef {
  readonly apiGroup: string;
  readonly kind: string;
  readonly name: string;
}

export interface Subject {
  readonly kind: string;
  readonly apiGroup?: string;
  readonly name: string;
  readonly namespace?: string;
}

/** A RoleBinding or ClusterRoleBinding. */
export interface Binding {
  readonly name: string;
  /** Absent: a ClusterRoleBinding. */
  readonly namespace?: string;
  readonly roleRef: RoleRef;
  readonly subjects: readonly Subject[];
}

export const rulesOf = (role: ApiObject): readonly PolicyRule[] => (role['rules'] as PolicyRule[] | null) ?? [];

export function bindingOf(object: ApiObject): Binding {
  const { name = '', namespace } = object.metadata;
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    roleRef: object['roleRef'] as RoleRef,
    subjects: (object['subjects'] as Subject[] | null | undefined) ?? [],
  };
}
