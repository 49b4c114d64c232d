import { crdStrategy } from '../../crd/crd-strategy.js';
import type { Strategy } from '../../resources/resource.js';
import { disruptionBudgetStrategy, endpointSliceStrategy, eventStrategy, leaseStrategy } from './cluster-kinds.js';
import { jobStrategy } from './job.js';
import { namespaceStrategy } from './namespace.js';
import { networkPolicyStrategy } from './network-policy.js';
import { configMapStrategy, secretStrategy, serviceAccountStrategy } from './plain-kinds.js';
import { podStrategy } from './pod.js';
import { clusterRoleBindingStrategy, clusterRoleStrategy, roleBindingStrategy, roleStrategy } from './rbac.js';
import { nodeStrategy } from './node.js';
import { serviceStrategy } from './service.js';
import { deploymentStrategy, replicaSetStrategy } from './workloads.js';

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  '/ConfigMap': configMapStrategy,
  '/Event': eventStrategy,
  '/Namespace': namespaceStrategy,
  '/Node': nodeStrategy,
  '/Pod': podStrategy,
  '/Secret': secretStrategy,
  '/Service': serviceStrategy,
  '/ServiceAccount': serviceAccountStrategy,
  'apiextensions.k8s.io/CustomResourceDefinition': crdStrategy,
  'apps/Deployment': deploymentStrategy,
  'apps/ReplicaSet': replicaSetStrategy,
  'batch/Job': jobStrategy,
  'coordination.k8s.io/Lease': leaseStrategy,
  'discovery.k8s.io/EndpointSlice': endpointSliceStrategy,
  'networking.k8s.io/NetworkPolicy': networkPolicyStrategy,
  'policy/PodDisruptionBudget': disruptionBudgetStrategy,
  'rbac.authorization.k8s.io/ClusterRole': clusterRoleStrategy,
  'rbac.authorization.k8s.io/ClusterRoleBinding': clusterRoleBindingStrategy,
  'rbac.authorization.k8s.io/Role': roleStrategy,
  'rbac.authorization.k8s.io/RoleBinding': roleBindingStrategy,
};

const PLAIN: Strategy = { allowUnconditionalUpdate: true };

/** What the server does with a built-in kind beyond its schema. */
export const strategyOf = (group: string, kind: string): Strategy => STRATEGIES[`${group}/${kind}`] ?? PLAIN;
