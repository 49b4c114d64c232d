import { rule, type RoleRules } from './rule.js';

/** Rights of the controllers that also run here. Facts of Kubernetes 1.37. */
export const CONTROLLERS_RULES: RoleRules = {
  'system:controller:clusterrole-aggregation-controller': [
    rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'system:controller:deployment-controller': [
    rule('get list update watch', 'apps extensions', 'deployments'),
    rule('update', 'apps extensions', 'deployments/status'),
    rule('update', 'apps extensions', 'deployments/finalizers'),
    rule('create delete get list patch update watch', 'apps extensions', 'replicasets'),
    rule('get list update watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:disruption-controller': [
    rule('get list watch', 'apps extensions', 'deployments'),
    rule('get list watch', 'apps extensions', 'replicasets'),
    rule('get list watch', 'core', 'replicationcontrollers'),
    rule('get list watch', 'policy', 'poddisruptionbudgets'),
    rule('get list watch', 'apps', 'statefulsets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('get', '*', '*/scale'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:endpointslice-controller': [
    rule('get list watch', 'core', 'nodes pods services'),
    rule('update', 'core', 'services/finalizers'),
    rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:generic-garbage-collector': [
    rule('delete get list patch update watch', '*', '*'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:job-controller': [
    rule('get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status'),
    rule('update', 'batch', 'jobs/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:namespace-controller': [
    rule('delete get list watch', 'core', 'namespaces'),
    rule('update', 'core', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list watch', '*', '*'),
  ],
  'system:controller:node-controller': [
    rule('delete get list patch update watch', 'core', 'nodes'),
    rule('patch update', 'core', 'nodes/status'),
    rule('patch update', 'core', 'pods/status'),
    rule('delete get list watch', 'core', 'pods'),
    rule('get list watch', 'coordination.k8s.io', 'leases'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:pod-garbage-collector': [
    rule('delete list watch', 'core', 'pods'),
    rule('get list watch', 'core', 'nodes'),
    rule('patch', 'core', 'pods/status'),
  ],
  'system:controller:replicaset-controller': [
    rule('get list update watch', 'apps extensions', 'replicasets'),
    rule('update', 'apps extensions', 'replicasets/status'),
    rule('update', 'apps extensions', 'replicasets/finalizers'),
    rule('create delete list patch watch', 'core', 'pods'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:root-ca-cert-publisher': [
    rule('create update', 'core', 'configmaps'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:service-account-controller': [
    rule('create', 'core', 'serviceaccounts'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
  'system:controller:ttl-after-finished-controller': [
    rule('delete get list watch', 'batch', 'jobs'),
    rule('create patch update', 'core events.k8s.io', 'events'),
  ],
};
