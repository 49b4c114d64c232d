import {
  apply,
  configMap,
  CONFIG_MAPS,
  container,
  deployment,
  get,
  job,
  MERGE_PATCH,
  patch,
  pod,
  PODS,
  post,
  put,
  remove,
  STRATEGIC_PATCH,
} from '../calls.js';
import { objectOf, type Sequence } from '../sequence.js';

const NAMESPACES = '/api/v1/namespaces';
const ACCOUNTS = `${NAMESPACES}/{ns}/serviceaccounts`;
const STRICT = '{ns}-strict';
const IN_STRICT = `${NAMESPACES}/${STRICT}`;

const namespace = (name: string, labels: object = {}): object => ({ metadata: { name, labels } });
const restricted = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
const harmless = (name: string, more: object = {}, securityContext: object = restricted): object =>
  pod(name, { containers: [container({ securityContext })], ...more });

/** What the server itself says to what is written. */
export const admitting: readonly Sequence[] = [
  {
    name: 'ServiceAccounts of Pods',
    steps: [
      post(PODS, pod('absent', { serviceAccountName: 'absent' })),
      post(ACCOUNTS, { metadata: { name: 'quiet' }, automountServiceAccountToken: false }),
      post(PODS, pod('quiet', { serviceAccountName: 'quiet' })),
      post(PODS, pod('loud', { serviceAccountName: 'quiet', automountServiceAccountToken: true })),
      post(PODS, pod('off', { automountServiceAccountToken: false })),
      post(ACCOUNTS, {
        metadata: { name: 'puller' },
        imagePullSecrets: [{ name: 'registry' }],
        secrets: [{ name: 's' }],
      }),
      post(PODS, pod('puller', { serviceAccountName: 'puller' })),
      post(PODS, pod('old', { serviceAccount: 'puller' })),
      remove(`${ACCOUNTS}/puller`),
    ],
  },
  {
    name: 'Pod Security: restricted',
    steps: [
      post(NAMESPACES, namespace(STRICT, { 'pod-security.kubernetes.io/enforce': 'restricted' })),
      post(`${IN_STRICT}/serviceaccounts`, { metadata: { name: 'default' } }),
      post(`${IN_STRICT}/pods`, pod('plain')),
      post(`${IN_STRICT}/pods`, harmless('good')),
      post(`${IN_STRICT}/pods`, harmless('host', { hostNetwork: true, hostPID: true })),
      post(`${IN_STRICT}/pods`, harmless('path', { volumes: [{ name: 'h', hostPath: { path: '/etc' } }] })),
      post(`${IN_STRICT}/pods`, harmless('root', {}, { ...restricted, runAsUser: 0 })),
      post(`${IN_STRICT}/pods`, harmless('mighty', {}, { ...restricted, allowPrivilegeEscalation: true })),
      post(
        `${IN_STRICT}/pods`,
        harmless('able', {}, { ...restricted, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      ),
      post(`${IN_STRICT}/pods`, harmless('free', {}, { ...restricted, seccompProfile: { type: 'Unconfined' } })),
      post(
        `${IN_STRICT}/pods`,
        harmless('port', {
          containers: [container({ securityContext: restricted, ports: [{ containerPort: 80, hostPort: 80 }] })],
        }),
      ),
      post('/apis/batch/v1/namespaces/{ns}-strict/jobs', job('warned')),
      patch(IN_STRICT, MERGE_PATCH, { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } }),
      { ...post(`${IN_STRICT}/pods`, pod('plain')), until: ({ status }) => status === 201 },
      post(`${IN_STRICT}/pods`, pod('host', { hostNetwork: true })),
      post(`${NAMESPACES}`, namespace('{ns}-wrong', { 'pod-security.kubernetes.io/enforce': 'everything' })),
    ],
  },
  {
    name: 'Pod Security: warnings',
    steps: [
      post(NAMESPACES, namespace(STRICT, { 'pod-security.kubernetes.io/warn': 'restricted' })),
      post(`${IN_STRICT}/serviceaccounts`, { metadata: { name: 'default' } }),
      post(`${IN_STRICT}/pods`, pod('plain')),
      post('/apis/batch/v1/namespaces/{ns}-strict/jobs', job('warned')),
      post(`${IN_STRICT}/pods`, harmless('good')),
    ],
  },
  {
    name: 'what is invalid is told before what Pod Security forbids',
    steps: [
      post(NAMESPACES, namespace(STRICT, { 'pod-security.kubernetes.io/enforce': 'restricted' })),
      post(`${IN_STRICT}/serviceaccounts`, { metadata: { name: 'default' } }),
      post(`${IN_STRICT}/pods`, pod('Bad_Name')),
      post(`${IN_STRICT}/pods`, pod('a', { containers: [{ name: 'Main' }] })),
      post(`${IN_STRICT}/pods`, pod('a', { restartPolicy: 'Sometimes', hostNetwork: true })),
      post(`${IN_STRICT}/pods`, pod('a', { restartPolicy: 'Sometimes', serviceAccountName: 'absent' })),
      post(`${IN_STRICT}/pods`, pod('a', { restartPolicy: 'Sometimes', priorityClassName: 'absent' })),
      post(`${IN_STRICT}/pods`, pod('a', { restartPolicy: 'Sometimes', runtimeClassName: 'absent' })),
      {
        ...post(`${IN_STRICT}/pods`, { ...pod(''), metadata: { generateName: 'made-' } }),
        compared: (body) => (body as { reason: string }).reason,
      },
      post(`${IN_STRICT}/pods`, { ...pod('', { serviceAccountName: 'no' }), metadata: { generateName: 'made-' } }),
      post(`${IN_STRICT}/pods`, { ...pod('', { serviceAccountName: 'absent' }), metadata: {} }),
      post(`${IN_STRICT}/pods`, { ...pod(''), metadata: {} }),
      post(`${IN_STRICT}/pods`, pod('mirror', {}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })),
      post(`${IN_STRICT}/pods`, harmless('good')),
      post(`${IN_STRICT}/pods`, pod('good')),
      patch(`${IN_STRICT}/pods/good`, MERGE_PATCH, { spec: { hostNetwork: true } }),
      patch(`${IN_STRICT}/pods/good`, MERGE_PATCH, { metadata: { labels: { 'a b': 'c' } } }),
      apply(`${IN_STRICT}/pods/applied`, 'me', pod('applied')),
      apply(`${IN_STRICT}/pods/applied`, 'me', pod('applied', { restartPolicy: 'Sometimes' })),
      apply(`${IN_STRICT}/pods/absent`, 'me', pod('absent', { serviceAccountName: 'absent' })),
      put(`${IN_STRICT}/pods/absent`, pod('absent')),
      post('/apis/batch/v1/namespaces/{ns}-strict/jobs', job('j', {}, { restartPolicy: 'Always' })),
      post('/apis/apps/v1/namespaces/{ns}-strict/deployments', deployment('d', { replicas: -1 })),
      post('/apis/apps/v1/namespaces/{ns}-strict/deployments', deployment('d')),
      patch('/apis/apps/v1/namespaces/{ns}-strict/deployments/d', MERGE_PATCH, { spec: { replicas: 2 } }),
      patch('/apis/apps/v1/namespaces/{ns}-strict/deployments/d', MERGE_PATCH, { spec: { replicas: -2 } }),
      remove(`${IN_STRICT}/pods/good`),
    ],
  },
  {
    name: 'Pods that are there when the level rises',
    steps: [
      post(NAMESPACES, namespace(STRICT)),
      post(`${IN_STRICT}/serviceaccounts`, { metadata: { name: 'default' } }),
      post(`${IN_STRICT}/pods`, pod('a', { hostNetwork: true })),
      post(`${IN_STRICT}/pods`, pod('b')),
      ...['everything', 'restricted'].flatMap((level) =>
        [{}, { 'a b': 'c' }].map((more) =>
          patch(IN_STRICT, MERGE_PATCH, {
            metadata: { labels: { 'pod-security.kubernetes.io/enforce': level, ...more } },
          }),
        ),
      ),
      patch(`${IN_STRICT}/status`, MERGE_PATCH, {
        metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'everything' } },
      }),
      { ...post(`${IN_STRICT}/pods`, pod('c')), until: ({ status }) => status === 403 },
      patch(`${IN_STRICT}/pods/a`, MERGE_PATCH, { spec: { activeDeadlineSeconds: 60 } }),
      patch(`${IN_STRICT}/pods/a`, MERGE_PATCH, { metadata: { annotations: { a: 'b' } } }),
      patch(`${IN_STRICT}/pods/a`, STRATEGIC_PATCH, {
        spec: { containers: [{ name: 'main', image: 'example/app:2' }] },
      }),
    ],
  },
  {
    name: 'labels of a namespace that mean nothing',
    steps: [
      post(NAMESPACES, namespace('Not_A_Name', { 'pod-security.kubernetes.io/enforce': 'everything' })),
      post(NAMESPACES, namespace(STRICT, { 'pod-security.kubernetes.io/enforce': 'everything', 'a b': 'c' })),
      post(
        NAMESPACES,
        namespace(STRICT, {
          'pod-security.kubernetes.io/enforce': 'everything',
          'pod-security.kubernetes.io/warn-version': 'newest',
        }),
      ),
    ],
  },
  {
    name: 'a namespace that is being deleted',
    steps: [
      post(NAMESPACES, namespace('{ns}-brief')),
      post(`${NAMESPACES}/{ns}-brief/configmaps`, configMap('a', {})),
      remove(`${NAMESPACES}/{ns}-brief`),
      get(`${NAMESPACES}/{ns}-brief`),
      remove(`${NAMESPACES}/{ns}-brief`),
      post(`${NAMESPACES}/{ns}-brief/configmaps`, configMap('b', {})),
      patch(`${NAMESPACES}/{ns}-brief/configmaps/a`, MERGE_PATCH, { data: { still: 'there' } }),
      get(`${NAMESPACES}/{ns}-brief/configmaps`),
      (answers) => put(`${NAMESPACES}/{ns}-brief/finalize`, { ...objectOf(answers[3]), spec: { finalizers: [] } }),
      get(`${NAMESPACES}/{ns}-brief`),
      post(`${NAMESPACES}/{ns}-brief/configmaps`, configMap('c', {})),
    ],
  },
  {
    name: 'namespaces that stay',
    steps: [
      remove(`${NAMESPACES}/default`),
      remove(`${NAMESPACES}/kube-system`),
      remove(`${NAMESPACES}/absent`),
      post(NAMESPACES, namespace('Not_A_Name')),
      post(NAMESPACES, namespace('with.dots')),
      post(`${NAMESPACES}/absent/pods`, pod('a')),
      post('/apis/sympozium.ai/v1alpha1/namespaces/absent/agentruns', {
        apiVersion: 'sympozium.ai/v1alpha1',
        kind: 'AgentRun',
        metadata: { name: 'a' },
        spec: {},
      }),
    ],
  },
  {
    name: 'priorities, tolerations, addresses',
    steps: [
      post(PODS, pod('urgent', { priorityClassName: 'absent' })),
      post(PODS, pod('numbered', { priority: 7 })),
      post(PODS, pod('system', { priorityClassName: 'system-node-critical' })),
      post(
        PODS,
        pod('tolerant', {
          tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }],
        }),
      ),
      post(PODS, pod('patient', { tolerations: [{ operator: 'Exists' }] })),
      post(`${NAMESPACES}/{ns}/services`, {
        metadata: { name: 'outside' },
        spec: { clusterIP: '10.1.2.3', ports: [{ port: 80 }] },
      }),
      post(`${NAMESPACES}/{ns}/services`, {
        metadata: { name: 'twice' },
        spec: { clusterIP: '127.96.0.1', ports: [{ port: 80 }] },
      }),
      post(`${NAMESPACES}/{ns}/services`, {
        metadata: { name: 'name' },
        spec: { type: 'ExternalName', externalName: 'example.com' },
      }),
      get(`${NAMESPACES}/{ns}/services/name`),
      post(CONFIG_MAPS, configMap('a', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p' }] })),
    ],
  },
  {
    name: 'parts of a Pod',
    steps: [
      post(PODS, pod('p', {}, { labels: { app: 'p' } })),
      post('/api/v1/nodes', {
        metadata: { name: '{ns}' },
        spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
      }),
      post(`${PODS}/p/binding`, { metadata: { name: 'p' }, target: { kind: 'Node', name: '{ns}' } }),
      post(`${PODS}/p/binding`, { metadata: { name: 'p' }, target: { kind: 'Node', name: 'other' } }),
      post(`${PODS}/absent/binding`, { metadata: { name: 'absent' }, target: { kind: 'Node', name: 'other' } }),
      get(`${PODS}/p`),
      post('/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets', {
        metadata: { name: 'b' },
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'p' } } },
      }),
      patch(`${PODS}/p/status`, MERGE_PATCH, {
        status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
      }),
      post(`${PODS}/p/eviction`, { metadata: { name: 'p' } }),
      post(`${PODS}/absent/eviction`, { metadata: { name: 'absent' } }),
      remove('/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets/b'),
      post(`${PODS}/p/eviction`, { metadata: { name: 'p' } }),
      get(`${PODS}/p`),
    ],
  },
  {
    name: 'tokens of a ServiceAccount',
    steps: [
      {
        ...post(`${ACCOUNTS}/default/token`, { spec: { audiences: ['a'], expirationSeconds: 3600 } }),
        compared: (body) => withoutToken(body),
      },
      post(`${ACCOUNTS}/default/token`, { spec: { audiences: ['a'], expirationSeconds: 1 } }),
      post(`${ACCOUNTS}/absent/token`, { spec: { audiences: ['a'] } }),
      post(`${ACCOUNTS}/default/token`, {
        spec: { audiences: ['a'], boundObjectRef: { kind: 'Pod', name: 'absent', apiVersion: 'v1' } },
      }),
      post(`${ACCOUNTS}/default/token`, {
        spec: { audiences: ['a'], boundObjectRef: { kind: 'Thing', name: 'absent' } },
      }),
    ],
  },
];

/** A token is never the same. */
const withoutToken = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    key === 'token' || key === 'expirationTimestamp' ? `<${key}>` : value,
  );
