import { NAME_AND_AGE, NAME_AND_CREATION, type Cells } from './cell.js';
import { EVENT } from './event.js';
import { ENDPOINT_SLICE, ENDPOINTS, NETWORK_POLICY, SERVICE } from './network.js';
import { NODE } from './node.js';
import * as others from './others.js';
import { POD } from './pod.js';
import { DEPLOYMENT, JOB, REPLICA_SET } from './workloads.js';

const RBAC = 'rbac.authorization.k8s.io';

const CELLS: Readonly<Record<string, Cells>> = {
  '/ConfigMap': others.CONFIG_MAP,
  '/Endpoints': ENDPOINTS,
  '/Event': EVENT,
  '/Namespace': others.NAMESPACE,
  '/Node': NODE,
  '/Pod': POD,
  '/Secret': others.SECRET,
  '/Service': SERVICE,
  '/ServiceAccount': NAME_AND_AGE,
  'apiextensions.k8s.io/CustomResourceDefinition': others.CUSTOM_RESOURCE_DEFINITION,
  'apps/Deployment': DEPLOYMENT,
  'apps/ReplicaSet': REPLICA_SET,
  'batch/Job': JOB,
  'coordination.k8s.io/Lease': others.LEASE,
  'discovery.k8s.io/EndpointSlice': ENDPOINT_SLICE,
  'networking.k8s.io/NetworkPolicy': NETWORK_POLICY,
  'policy/PodDisruptionBudget': others.POD_DISRUPTION_BUDGET,
  [`${RBAC}/ClusterRole`]: NAME_AND_CREATION,
  [`${RBAC}/ClusterRoleBinding`]: others.BINDING,
  [`${RBAC}/Role`]: NAME_AND_CREATION,
  [`${RBAC}/RoleBinding`]: others.BINDING,
};

/** What fills the columns of a built-in kind, as pkg/printers/internalversion does. */
export const cellsOf = (group: string, kind: string): Cells => CELLS[`${group}/${kind}`] ?? {};
