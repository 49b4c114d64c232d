import {
  apply,
  configMap,
  CONFIG_MAPS,
  deployment,
  DEPLOYMENTS,
  get,
  instance,
  INSTANCES,
  job,
  JOBS,
  LEASES,
  MERGE_PATCH,
  patch,
  pod,
  PODS,
  post,
  put,
  remove,
  ROLES,
  ROLE_BINDINGS,
  run,
  RUNS,
  SECRETS,
  service,
  SERVICES,
} from '../calls.js';
import type { ApiCall } from '../api-call.js';
import { objectOf, type Sequence } from '../sequence.js';

const MAP = `${CONFIG_MAPS}/a`;

const inYaml = (path: string, text: string): ApiCall => ({ ...post(path, text), contentType: 'application/yaml' });
const TWICE = 'data:\n  k: a\n  k: b\n  k: c\nbogus: 1\n';
const RUN = 'apiVersion: sympozium.ai/v1alpha1\nkind: AgentRun\nspec:\n  task: a\n  instanceRef: {name: a}\n';

const WRONG_METADATA: readonly object[] = [
  { labels: { 'not ok': 'a' } },
  { annotations: { 'not ok': 'a' } },
  { finalizers: ['example.com/not ok'] },
  { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' }] },
];

/** Create, read, replace: the verbs that need no patch. */
export const writing: readonly Sequence[] = [
  {
    name: 'create, get, replace, delete a ConfigMap',
    steps: [
      post(CONFIG_MAPS, configMap('a', { k: '1' })),
      get(MAP),
      (answers) =>
        put(MAP, configMap('a', { k: '2' }, { resourceVersion: objectOf(answers[0]).metadata.resourceVersion })),
      get(MAP),
      remove(MAP),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'a name that is taken, that is missing, that is generated',
    steps: [
      post(CONFIG_MAPS, configMap('a', {})),
      post(CONFIG_MAPS, configMap('a', {})),
      post(CONFIG_MAPS, { metadata: {} }),
      post(CONFIG_MAPS, { metadata: { generateName: 'made-' } }),
      get(CONFIG_MAPS),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'optimistic locking',
    steps: [
      post(CONFIG_MAPS, configMap('a', { k: '1' })),
      put(MAP, configMap('a', { k: '2' })),
      (answers) =>
        put(MAP, configMap('a', { k: '3' }, { resourceVersion: objectOf(answers[0]).metadata.resourceVersion })),
      put(MAP, configMap('a', { k: '4' }, { uid: '11111111-1111-4111-8111-111111111111' })),
      post(INSTANCES, instance('demo')),
      put(`${INSTANCES}/demo`, instance('demo')),
    ],
  },
  {
    name: 'a replace that changes nothing writes nothing',
    steps: [
      post(CONFIG_MAPS, configMap('a', { k: '1' })),
      put(MAP, configMap('a', { k: '1' })),
      put(MAP, configMap('a', { k: '1' })),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'names, kinds and namespaces that do not fit the path',
    steps: [
      post(CONFIG_MAPS, { ...configMap('a', {}), kind: 'Secret' }),
      post(CONFIG_MAPS, { ...configMap('a', {}), apiVersion: 'v2' }),
      post(CONFIG_MAPS, configMap('a', {}, { namespace: 'elsewhere' })),
      post(CONFIG_MAPS, configMap('a', {})),
      put(MAP, configMap('b', {})),
      put(`${CONFIG_MAPS}/absent`, configMap('absent', {})),
      post(RUNS, { ...run('a'), kind: 'Other' }),
      post(RUNS, { metadata: { name: 'a' }, spec: {} }),
      post('/api/v1/namespaces/absent/configmaps', configMap('a', {})),
    ],
  },
  {
    name: 'bodies that are no objects',
    steps: [
      post(CONFIG_MAPS, '{"metadata":'),
      post(CONFIG_MAPS, '[]'),
      post(CONFIG_MAPS, '"text"'),
      post(CONFIG_MAPS, 'null'),
      post(CONFIG_MAPS, ''),
      { ...post(CONFIG_MAPS, configMap('a', {})), contentType: 'text/plain' },
      { ...post(CONFIG_MAPS, 'metadata:\n  name: yaml\ndata:\n  k: v\n'), contentType: 'application/yaml' },
    ],
  },
  {
    name: 'YAML that says something twice',
    steps: ['Warn', 'Strict', 'Ignore'].flatMap((mode) => [
      inYaml(`${CONFIG_MAPS}?fieldValidation=${mode}`, `metadata:\n  name: ${mode.toLowerCase()}\n${TWICE}`),
      inYaml(`${RUNS}?fieldValidation=${mode}`, `${RUN}metadata:\n  name: ${mode.toLowerCase()}\n${TWICE}`),
    ]),
  },
  {
    name: 'fields of a wrong type',
    steps: [
      post(CONFIG_MAPS, { metadata: { name: 'a' }, data: { k: 1 } }),
      post(DEPLOYMENTS, deployment('a', { replicas: 'many' })),
      post(JOBS, job('a', { backoffLimit: 1.5 })),
      post(RUNS, run('a', { task: 7 })),
      post(SECRETS, { metadata: { name: 'a' }, data: { k: 'not base64!' } }),
    ],
  },
  {
    name: 'unknown fields: ignored, warned of, refused',
    steps: ['Ignore', 'Warn', 'Strict'].flatMap((mode) => [
      post(`${CONFIG_MAPS}?fieldValidation=${mode}`, { ...configMap(mode.toLowerCase(), {}), bogus: 1 }),
      post(`${RUNS}?fieldValidation=${mode}`, run(mode.toLowerCase(), { bogus: { deep: true } })),
      post(`${DEPLOYMENTS}?fieldValidation=${mode}`, deployment(mode.toLowerCase(), {}, { bogus: 1 })),
    ]),
  },
  {
    name: 'dry runs leave nothing behind',
    steps: [
      post(`${CONFIG_MAPS}?dryRun=All`, configMap('a', {})),
      get(MAP),
      post(CONFIG_MAPS, configMap('a', { k: '1' })),
      put(`${MAP}?dryRun=All`, configMap('a', { k: '2' })),
      apply(MAP, 'me', configMap('a', { k: '3' }), '&dryRun=All&force=true'),
      remove(`${MAP}?dryRun=All`),
      get(MAP),
      post(`${CONFIG_MAPS}?dryRun=Some`, configMap('b', {})),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'defaults of built-in kinds',
    steps: [
      post(PODS, pod('plain')),
      post(PODS, pod('more', { hostname: 'h', terminationGracePeriodSeconds: 5, restartPolicy: 'OnFailure' })),
      post(JOBS, job('plain')),
      post(DEPLOYMENTS, deployment('plain')),
      post(SERVICES, service('headless', { clusterIP: 'None' })),
      post(SECRETS, { metadata: { name: 's' }, stringData: { a: 'text' } }),
      post(LEASES, { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } }),
      post(INSTANCES, instance('demo')),
      post(RUNS, run('plain')),
    ],
  },
  {
    name: 'defaults of rich Pods',
    steps: [
      post(
        PODS,
        pod('rich', {
          volumes: [
            { name: 'map', configMap: { name: 'm' } },
            { name: 'secret', secret: { secretName: 's' } },
            { name: 'scratch', emptyDir: {} },
            { name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
            { name: 'facts', downwardAPI: { items: [{ path: 'n', fieldRef: { fieldPath: 'metadata.name' } }] } },
          ],
          initContainers: [{ name: 'side', image: 'example/side', restartPolicy: 'Always' }],
          containers: [
            {
              name: 'main',
              image: 'example/app:latest',
              ports: [{ containerPort: 80 }],
              env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
              readinessProbe: { httpGet: { port: 80 } },
              livenessProbe: { tcpSocket: { port: 80 } },
              lifecycle: { preStop: { httpGet: { port: 80, path: '/stop' } } },
              resources: { limits: { cpu: '1', memory: '1Gi' } },
              volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
            },
          ],
        }),
      ),
    ],
  },
  {
    name: 'what validation refuses',
    steps: [
      post(CONFIG_MAPS, configMap('Not_A_Name', {})),
      post(CONFIG_MAPS, configMap('a', { 'bad key': '1' })),
      post(CONFIG_MAPS, configMap('a', {}, { labels: { 'a b': 'c' } })),
      post(CONFIG_MAPS, configMap('a', {}, { labels: { a: 'not a value' } })),
      post(CONFIG_MAPS, configMap('a', {}, { finalizers: ['no-domain'] })),
      post(PODS, pod('a', { containers: [] })),
      post(PODS, pod('a', { containers: [{ name: 'Main' }] })),
      post(PODS, pod('a', { restartPolicy: 'Sometimes' })),
      post(PODS, pod('a', { containers: [{ name: 'a', image: 'i', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] })),
      post(PODS, pod('a', { containers: [{ name: 'a', image: 'i', resources: { requests: { cpu: 'much' } } }] })),
      post(
        PODS,
        pod('a', {
          containers: [{ name: 'a', image: 'i', resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }],
        }),
      ),
      post(DEPLOYMENTS, deployment('a', { selector: { matchLabels: { other: 'x' } } })),
      post(DEPLOYMENTS, deployment('a', { selector: {} })),
      post(JOBS, job('a', {}, { restartPolicy: 'Always' })),
      post(SERVICES, service('a', { ports: [] })),
      post(SERVICES, service('a', { ports: [{ port: 0 }] })),
      post(SERVICES, service('a', { ports: [{ port: 80 }, { port: 81 }] })),
      post(ROLES, { metadata: { name: 'r' }, rules: [{ verbs: [], resources: ['pods'], apiGroups: [''] }] }),
      post(ROLE_BINDINGS, { metadata: { name: 'r' }, roleRef: { apiGroup: '', kind: 'Pod', name: 'x' } }),
    ],
  },
  {
    name: 'what our kinds refuse',
    steps: [
      post(RUNS, { apiVersion: 'sympozium.ai/v1alpha1', kind: 'AgentRun', metadata: { name: 'a' } }),
      post(RUNS, run('a', { task: undefined })),
      post(RUNS, run('a', { mode: 'other' })),
      post(RUNS, run('a', { timeout: 'soon' })),
      post(RUNS, run('a', { instanceRef: { name: 'Not A Name' } })),
      post(RUNS, run('a')),
      put(`${RUNS}/a`, run('a', { task: 'another' })),
      post(INSTANCES, instance('a', { model: {} })),
      post(INSTANCES, instance('a', { model: { provider: 'openai', name: 'm', baseURL: 'no address' } })),
    ],
  },
  {
    name: 'status is written by its own path alone',
    steps: [
      post(RUNS, { ...run('a'), status: { phase: 'Succeeded' } }),
      (answers) =>
        put(`${RUNS}/a/status`, {
          ...run('a', { task: 'changed by status' }),
          metadata: { name: 'a', resourceVersion: objectOf(answers[0]).metadata.resourceVersion, labels: { a: 'b' } },
          status: { phase: 'Running' },
        }),
      get(`${RUNS}/a`),
      get(`${RUNS}/a/status`),
      post(DEPLOYMENTS, deployment('d')),
      (answers) =>
        put(`${DEPLOYMENTS}/d/status`, {
          ...deployment('d', { replicas: 7 }),
          metadata: { name: 'd', resourceVersion: objectOf(answers[4]).metadata.resourceVersion },
          status: { replicas: 1, observedGeneration: 1 },
        }),
      get(`${DEPLOYMENTS}/d`),
    ],
    watched: [RUNS, DEPLOYMENTS],
  },
  {
    name: 'scale',
    steps: [
      post(DEPLOYMENTS, deployment('d', { replicas: 2 })),
      get(`${DEPLOYMENTS}/d/scale`),
      put(`${DEPLOYMENTS}/d/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'd' },
        spec: { replicas: 3 },
      }),
      get(`${DEPLOYMENTS}/d`),
      get(`${CONFIG_MAPS}/a/scale`),
    ],
  },
  {
    name: 'metadata that may not be',
    steps: [
      post(CONFIG_MAPS, configMap('a', {})),
      post(INSTANCES, instance('a')),
      ...WRONG_METADATA.flatMap((metadata) => [
        post(INSTANCES, { ...instance('b'), metadata: { name: 'b', ...metadata } }),
        ...[CONFIG_MAPS, INSTANCES].map((path) => patch(`${path}/a`, MERGE_PATCH, { metadata })),
      ]),
      ...['soon', 7].map((deletionTimestamp) =>
        apply(`${INSTANCES}/a`, 'one', { ...instance('a'), metadata: { name: 'a', deletionTimestamp } }),
      ),
    ].map((call) => ({ ...call, compared: withoutCauses })),
  },
];

/** The real server tells some causes several times (docs/embedded-api.md). */
function withoutCauses(body: unknown): unknown {
  const { details, ...status } = body as { details?: object };
  return details ? { ...status, details: { ...details, causes: [] } } : body;
}
