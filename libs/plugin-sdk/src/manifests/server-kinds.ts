import type { Kind, KubeObject } from '@sympozium/api';
import type {
  RbacV1Subject,
  V1DeploymentSpec,
  V1DeploymentStatus,
  V1Endpoint,
  V1PodDisruptionBudgetSpec,
  V1PolicyRule,
  V1RoleRef,
  V1ServiceSpec,
} from '@kubernetes/client-node';
import type { Wire } from './wire.js';

/** A Deployment, https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ */
export interface Deployment extends KubeObject {
  spec: Wire<V1DeploymentSpec>;
  status?: Wire<V1DeploymentStatus>;
}

/** A Service, https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/ */
export interface Service extends KubeObject {
  spec: Wire<V1ServiceSpec>;
}

/** Addresses behind a Service; its controller copies the Service's labels onto it. */
export interface EndpointSlice extends KubeObject {
  addressType: string;
  /** The API server writes null for none. */
  endpoints?: Wire<V1Endpoint>[] | null;
}

/** How many Pods a drain may take at once. */
export interface PodDisruptionBudget extends KubeObject {
  spec: Wire<V1PodDisruptionBudgetSpec>;
}

export interface ServiceAccount extends KubeObject {
  automountServiceAccountToken?: boolean;
}

/** Rights within a namespace. */
export interface Role extends KubeObject {
  rules: Wire<V1PolicyRule>[];
}

/** Who has a Role's rights. */
export interface RoleBinding extends KubeObject {
  roleRef: Wire<V1RoleRef>;
  subjects: Wire<RbacV1Subject>[];
}

export const DEPLOYMENT: Kind<Deployment> = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};

export const SERVICE: Kind<Service> = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true };

export const ENDPOINT_SLICE: Kind<EndpointSlice> = {
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
};

export const POD_DISRUPTION_BUDGET: Kind<PodDisruptionBudget> = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
};

export const SERVICE_ACCOUNT: Kind<ServiceAccount> = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

export const ROLE: Kind<Role> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
};

export const ROLE_BINDING: Kind<RoleBinding> = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};
