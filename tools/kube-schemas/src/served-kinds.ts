/** What the embedded API serves: plurals by the path of their group and version. */
export const SERVED: Readonly<Record<string, readonly string[]>> = {
  'api/v1': [
    'configmaps',
    'endpoints',
    'events',
    'namespaces',
    'nodes',
    'pods',
    'secrets',
    'serviceaccounts',
    'services',
  ],
  'apis/apiextensions.k8s.io/v1': ['customresourcedefinitions'],
  'apis/apps/v1': ['deployments', 'replicasets'],
  'apis/authentication.k8s.io/v1': ['selfsubjectreviews', 'tokenreviews'],
  'apis/authorization.k8s.io/v1': ['selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'],
  'apis/batch/v1': ['jobs'],
  'apis/coordination.k8s.io/v1': ['leases'],
  'apis/discovery.k8s.io/v1': ['endpointslices'],
  'apis/networking.k8s.io/v1': ['networkpolicies'],
  'apis/policy/v1': ['poddisruptionbudgets'],
  'apis/rbac.authorization.k8s.io/v1': ['clusterrolebindings', 'clusterroles', 'rolebindings', 'roles'],
};

/** Subresources that it serves; others that the real server lists are left out. */
export const SUBRESOURCES: ReadonlySet<string> = new Set([
  'binding',
  'eviction',
  'finalize',
  'log',
  'scale',
  'status',
  'token',
]);
