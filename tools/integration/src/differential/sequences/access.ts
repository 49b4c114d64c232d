import {
  apply,
  configMap,
  CONFIG_MAPS,
  DEPLOYMENTS,
  get,
  LEASES,
  MERGE_PATCH,
  patch,
  PODS,
  post,
  put,
  remove,
  ROLES,
  ROLE_BINDINGS,
  RUNS,
  SECRETS,
} from '../calls.js';
import type { ApiCall } from '../api-call.js';
import type { Sequence } from '../sequence.js';

const GROUP = 'rbac.authorization.k8s.io';
const READER = 'reader-of-{ns}';
const ACCOUNT = 'system:serviceaccount:{ns}:worker';
const REVIEWS = '/apis/authorization.k8s.io/v1';
const CLUSTER_ROLES = `/apis/${GROUP}/v1/clusterroles`;

const as = (user: string, call: ApiCall): ApiCall => ({ ...call, as: user });
const role = (name: string, rules: readonly object[]): object => ({ metadata: { name }, rules });
const binding = (name: string, kind: string, of: string, ...subjects: readonly object[]): object => ({
  metadata: { name },
  roleRef: { apiGroup: GROUP, kind, name: of },
  subjects,
});
const user = { kind: 'User', name: READER };
const READ = { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] };
const CHANGE = ['get', 'update', 'patch'];
const GRANT = { apiGroups: [GROUP], resources: ['roles', 'rolebindings'], verbs: ['*'] };

/** Who built it, and when, is everybody's own. */
const versionOf = (body: unknown): unknown => {
  const { major, minor } = body as { major: string; minor: string };
  return { major, minor };
};

/** Who may do what, and how a refusal reads. */
export const access: readonly Sequence[] = [
  {
    name: 'nobody may do anything',
    steps: [
      get(CONFIG_MAPS),
      get(`${CONFIG_MAPS}/a`),
      get('/api/v1/nodes'),
      get('/api/v1/nodes/a'),
      get(`${DEPLOYMENTS}/a/scale`),
      get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1`),
      post(RUNS, {}),
      patch(`${RUNS}/a/status`, MERGE_PATCH, {}),
      remove(PODS),
      remove(`${PODS}/a`),
      get('/apis/unheard.of/v1/things'),
      get('/metrics'),
      { ...get('/version'), compared: versionOf },
      get('/healthz'),
    ].map((call) => as(READER, call)),
  },
  {
    name: 'a Role is bound, and no longer',
    steps: [
      post(ROLES, role('reader', [READ])),
      as(READER, get(`${CONFIG_MAPS}/a`)),
      post(ROLE_BINDINGS, binding('reader', 'Role', 'reader', user)),
      { ...as(READER, get(`${CONFIG_MAPS}/a`)), until: ({ status }) => status === 404 },
      as(READER, get(CONFIG_MAPS)),
      as(READER, get('/api/v1/configmaps')),
      as(READER, get(SECRETS)),
      as(READER, post(CONFIG_MAPS, configMap('a', {}))),
      as(READER, remove(`${CONFIG_MAPS}/a`)),
      remove(`${ROLE_BINDINGS}/reader`),
      { ...as(READER, get(`${CONFIG_MAPS}/a`)), until: ({ status }) => status === 403 },
    ],
  },
  {
    name: 'who may update and patch does not thereby create',
    steps: [
      post(ROLES, role('changer', [{ apiGroups: ['', 'coordination.k8s.io'], resources: ['*'], verbs: CHANGE }])),
      post(ROLE_BINDINGS, binding('changer', 'Role', 'changer', user)),
      { ...as(READER, get(`${CONFIG_MAPS}/a`)), until: ({ status }) => status === 404 },
      as(READER, apply(`${CONFIG_MAPS}/a`, 'me', configMap('a', {}))),
      as(READER, apply(`${CONFIG_MAPS}/a`, 'me', configMap('a', {}), '&dryRun=All')),
      as(READER, apply(`${CONFIG_MAPS}/Not_A_Name`, 'me', configMap('Not_A_Name', {}))),
      as(READER, put(`${LEASES}/a`, { metadata: { name: 'a' }, spec: {} })),
      post(CONFIG_MAPS, configMap('a', { k: '1' })),
      as(READER, apply(`${CONFIG_MAPS}/a`, 'me', configMap('a', { l: '2' }))),
      post(LEASES, { metadata: { name: 'a' }, spec: {} }),
      as(READER, put(`${LEASES}/a`, { metadata: { name: 'a' }, spec: { holderIdentity: 'me' } })),
    ],
  },
  {
    name: 'nobody grants more than they have',
    steps: [
      post(ROLES, role('granter', [READ, GRANT])),
      post(ROLE_BINDINGS, binding('granter', 'Role', 'granter', user)),
      {
        ...as(READER, post(ROLES, role('less', [{ ...READ, verbs: ['get'] }]))),
        until: ({ status }) => status !== 403,
      },
      as(READER, post(ROLES, role('more', [{ ...READ, verbs: ['get', 'delete'] }]))),
      as(READER, post(ROLES, role('other', [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] }]))),
      as(READER, post(ROLES, role('named', [{ ...READ, resourceNames: ['a'], verbs: ['update'] }]))),
      as(READER, post(ROLE_BINDINGS, binding('self', 'Role', 'less', user))),
      as(READER, post(ROLE_BINDINGS, binding('admin', 'ClusterRole', 'cluster-admin', user))),
      as(READER, post(ROLE_BINDINGS, binding('absent', 'Role', 'absent', user))),
      as(READER, patch(`${ROLES}/less`, MERGE_PATCH, { rules: [{ ...READ, verbs: ['*'] }] })),
    ],
  },
  {
    name: 'a ServiceAccount is one of groups',
    steps: [
      post('/api/v1/namespaces/{ns}/serviceaccounts', { metadata: { name: 'worker' } }),
      as(ACCOUNT, get(PODS)),
      post(ROLE_BINDINGS, binding('workers', 'ClusterRole', 'view', { kind: 'ServiceAccount', name: 'worker' })),
      { ...as(ACCOUNT, get(PODS)), until: ({ status }) => status === 200 },
      as(ACCOUNT, get(SECRETS)),
      as(ACCOUNT, post(CONFIG_MAPS, configMap('a', {}))),
    ],
  },
  {
    name: 'reviews of access',
    steps: [
      as(
        READER,
        post(`${REVIEWS}/selfsubjectaccessreviews`, {
          spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
        }),
      ),
      post(`${REVIEWS}/selfsubjectaccessreviews`, {
        spec: { nonResourceAttributes: { verb: 'get', path: '/metrics' } },
      }),
      post(`${REVIEWS}/selfsubjectaccessreviews`, { spec: {} }),
      post(`${REVIEWS}/subjectaccessreviews`, {
        spec: { user: READER, resourceAttributes: { verb: 'list', resource: 'pods', namespace: '{ns}' } },
      }),
      post(`${REVIEWS}/subjectaccessreviews`, {
        spec: { user: 'admin', groups: ['system:masters'], resourceAttributes: { verb: '*' } },
      }),
      post(`${REVIEWS}/subjectaccessreviews`, { spec: { resourceAttributes: { verb: 'list', resource: 'pods' } } }),
      as(READER, post('/apis/authentication.k8s.io/v1/selfsubjectreviews', {})),
      as(READER, post(`${REVIEWS}/selfsubjectrulesreviews`, { spec: {} })),
      post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'unknown' } }),
      post('/apis/authentication.k8s.io/v1/tokenreviews', { spec: {} }),
    ],
  },
  {
    name: 'ClusterRoles',
    steps: [
      post(CLUSTER_ROLES, role('{ns}-urls', [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }])),
      post(ROLES, role('urls', [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }])),
      post(CLUSTER_ROLES, role('{ns}-mixed', [{ nonResourceURLs: ['/metrics'], resources: ['pods'], verbs: ['get'] }])),
      post(CLUSTER_ROLES, {
        ...role('{ns}-sum', []),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: '{ns}' } }] },
      }),
      post(`/apis/${GROUP}/v1/clusterrolebindings`, binding('{ns}', 'ClusterRole', '{ns}-urls', user)),
      { ...as(READER, get('/metrics')), until: ({ status }) => status !== 403, compared: () => 'metrics' },
      patch(`/apis/${GROUP}/v1/clusterrolebindings/{ns}`, MERGE_PATCH, { roleRef: { name: 'other' } }),
      post(ROLE_BINDINGS, binding('group', 'Role', 'x', { kind: 'Group', name: 'g', apiGroup: 'wrong' })),
      post(ROLE_BINDINGS, binding('thing', 'Role', 'x', { kind: 'Thing', name: 'g' })),
      post(ROLE_BINDINGS, binding('nobody', 'Role', '', { kind: 'User', name: '' })),
    ],
  },
];
