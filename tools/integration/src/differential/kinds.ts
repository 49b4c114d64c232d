import { deployment, instance, job, pod, run, service } from './calls.js';

/** A kind, and an object of it as small as may be. */
export interface KindUnderTest {
  readonly kind: string;
  /** Its collection; kinds without namespaces have `{ns}` in their objects' names. */
  readonly path: string;
  readonly name: string;
  readonly object: object;
  /** What a merge patch of its content may be. */
  readonly change: object;
}

const inNamespace = (groupVersion: string, plural: string): string =>
  `${groupVersion.includes('/') ? '/apis' : '/api'}/${groupVersion}/namespaces/{ns}/${plural}`;

function namespaced(groupVersion: string, plural: string, object: object, change: object): KindUnderTest {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  return { kind, path: inNamespace(groupVersion, plural), name: metadata.name, object, change };
}

function everywhere(groupVersion: string, plural: string, object: object, change: object): KindUnderTest {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  const path = `${groupVersion.includes('/') ? '/apis' : '/api'}/${groupVersion}/${plural}`;
  return { kind, path, name: metadata.name, object, change };
}

const of = (apiVersion: string, kind: string, content: object = {}, name = 'a'): object => ({
  apiVersion,
  kind,
  metadata: { name },
  ...content,
});

const RBAC = 'rbac.authorization.k8s.io/v1';
const OURS = 'sympozium.ai/v1alpha1';
const RULES = { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] };
const OTHER_RULES = { rules: [{ verbs: ['list'], apiGroups: ['apps'], resources: ['deployments'] }] };
const roleRef = (kind: string): object => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: 'absent' });
const SUBJECTS = { subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: '{ns}' }] };
const SELECTOR = { selector: { matchLabels: { app: 'a' } } };
const TEMPLATE = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };

/** The real server adds it to a new Node by itself. */
const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** Every kind that is stored, but for CustomResourceDefinition. */
export const KINDS: readonly KindUnderTest[] = [
  namespaced('v1', 'configmaps', of('v1', 'ConfigMap', { data: { k: 'v' }, binaryData: { b: 'YQ==' } }), {
    data: { k: null, l: 'w' },
  }),
  namespaced('v1', 'secrets', of('v1', 'Secret', { stringData: { k: 'v' } }), { data: { l: 'YQ==' } }),
  namespaced('v1', 'serviceaccounts', of('v1', 'ServiceAccount'), { automountServiceAccountToken: false }),
  namespaced('v1', 'services', service('a'), { spec: { selector: { app: 'b' } } }),
  namespaced('v1', 'pods', pod('a'), { spec: { activeDeadlineSeconds: 60 } }),
  namespaced(
    'v1',
    'events',
    of('v1', 'Event', { involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' }, reason: 'R', type: 'Normal' }),
    { count: 2, message: 'again' },
  ),
  namespaced('batch/v1', 'jobs', job('a'), { spec: { parallelism: 2, suspend: true } }),
  namespaced('apps/v1', 'deployments', deployment('a'), { spec: { replicas: 0, paused: true } }),
  namespaced('apps/v1', 'replicasets', of('apps/v1', 'ReplicaSet', { spec: { ...SELECTOR, template: TEMPLATE } }), {
    spec: { replicas: 3, minReadySeconds: 1 },
  }),
  namespaced('coordination.k8s.io/v1', 'leases', of('coordination.k8s.io/v1', 'Lease', { spec: {} }), {
    spec: { holderIdentity: 'me', leaseDurationSeconds: 15, renewTime: '2026-01-02T03:04:05.000006Z' },
  }),
  namespaced(
    'policy/v1',
    'poddisruptionbudgets',
    of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, ...SELECTOR } }),
    { spec: { minAvailable: '50%' } },
  ),
  namespaced(
    'networking.k8s.io/v1',
    'networkpolicies',
    of('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] } }),
    { spec: { ingress: [{ from: [{ podSelector: {} }] }] } },
  ),
  namespaced(
    'discovery.k8s.io/v1',
    'endpointslices',
    of('discovery.k8s.io/v1', 'EndpointSlice', {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.0.0.1'] }],
      ports: [{ port: 80 }],
    }),
    { endpoints: [{ addresses: ['10.0.0.2'], conditions: { ready: false } }] },
  ),
  namespaced(RBAC, 'roles', of(RBAC, 'Role', RULES), OTHER_RULES),
  namespaced(RBAC, 'rolebindings', of(RBAC, 'RoleBinding', { roleRef: roleRef('Role') }), SUBJECTS),
  namespaced(OURS, 'agentruns', run('a'), { spec: { cancel: true } }),
  namespaced(OURS, 'sympoziuminstances', instance('a'), { spec: { model: { name: 'other' } } }),
  namespaced(
    OURS,
    'skillpacks',
    of(OURS, 'SkillPack', { spec: { skills: [{ name: 'greet', instructions: 'Say hello' }] } }),
    { spec: { skills: [] } },
  ),
  everywhere('v1', 'nodes', of('v1', 'Node', { spec: { taints: [NOT_READY] } }, '{ns}'), {
    spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoSchedule' }] },
  }),
  everywhere('v1', 'namespaces', of('v1', 'Namespace', {}, '{ns}-other'), { metadata: { annotations: { a: 'b' } } }),
  everywhere(RBAC, 'clusterroles', of(RBAC, 'ClusterRole', RULES, '{ns}'), OTHER_RULES),
  everywhere(RBAC, 'clusterrolebindings', of(RBAC, 'ClusterRoleBinding', { roleRef: roleRef('ClusterRole') }, '{ns}'), {
    ...SUBJECTS,
  }),
];
