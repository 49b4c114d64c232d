import type { V1DeploymentSpec, V1PodDisruptionBudgetSpec, V1PolicyRule, V1ServiceSpec } from '@kubernetes/client-node';
import { bare } from './objects.js';
import {
  DEPLOYMENT,
  POD_DISRUPTION_BUDGET,
  ROLE,
  ROLE_BINDING,
  SERVICE,
  SERVICE_ACCOUNT,
  type Deployment,
  type PodDisruptionBudget,
  type Role,
  type RoleBinding,
  type Service,
  type ServiceAccount,
} from './server-kinds.js';
import type { Wire } from './wire.js';

/** A Deployment; the host adds namespace, labels and owner, but not those of its Pods. */
export const deployment = (name: string, spec: Wire<V1DeploymentSpec>): Deployment => ({
  ...bare(DEPLOYMENT, name),
  spec,
});

/** A Service; the host adds namespace, labels and owner. */
export const service = (name: string, spec: Wire<V1ServiceSpec>): Service => ({ ...bare(SERVICE, name), spec });

/** How many Pods a drain may take at once. */
export const podDisruptionBudget = (name: string, spec: Wire<V1PodDisruptionBudgetSpec>): PodDisruptionBudget => ({
  ...bare(POD_DISRUPTION_BUDGET, name),
  spec,
});

/** A ServiceAccount whose token only a Pod that asks for it gets. */
export const serviceAccount = (name: string): ServiceAccount => ({
  ...bare(SERVICE_ACCOUNT, name),
  automountServiceAccountToken: false,
});

/** A Role; the operator must hold the rules itself, else the API server refuses it. */
export const role = (name: string, rules: Wire<V1PolicyRule>[]): Role => ({ ...bare(ROLE, name), rules });

/** Gives the rights of the Role `name` to the ServiceAccount `name` of the same namespace. */
export const roleBinding = (name: string, namespace: string): RoleBinding => ({
  ...bare(ROLE_BINDING, name),
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: ROLE.kind, name },
  subjects: [{ kind: SERVICE_ACCOUNT.kind, name, namespace }],
});
