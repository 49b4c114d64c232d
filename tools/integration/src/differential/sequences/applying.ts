import {
  apply,
  configMap,
  CONFIG_MAPS,
  container,
  deployment,
  DEPLOYMENTS,
  get,
  instance,
  INSTANCES,
  LEASES,
  MERGE_PATCH,
  patch,
  post,
  put,
  run,
  RUNS,
  SECRETS,
  service,
  SERVICES,
} from '../calls.js';
import type { Sequence } from '../sequence.js';

const MAP = `${CONFIG_MAPS}/a`;
const DEPLOYMENT = `${DEPLOYMENTS}/d`;
/** YAML parsers word what is wrong each in their own way. */
const reasonOf = (body: unknown): unknown => (body as { reason: string }).reason;
const map = (data: Record<string, string>, metadata: object = {}): object => configMap('a', data, metadata);
const withContainers = (...containers: object[]): object => deployment('d', {}, { containers });
const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } };
const yaml = (more: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n${more}\n`;
const TWICE =
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"a","k":"b"},"data":{"l":"c"}}';

export const applying: readonly Sequence[] = [
  {
    name: 'apply creates, changes, removes',
    steps: [
      apply(MAP, 'one', map({ k: '1', l: '2' })),
      apply(MAP, 'one', map({ k: '1' })),
      apply(MAP, 'one', map({ k: '3' })),
      apply(MAP, 'one', map({ k: '3' })),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'two managers share, conflict, force, give up',
    steps: [
      apply(MAP, 'one', map({ k: '1', shared: 's' })),
      apply(MAP, 'two', map({ l: '1', shared: 's' })),
      apply(MAP, 'two', map({ k: 'mine' })),
      apply(MAP, 'two', map({ k: 'mine' }), '&force=true'),
      apply(MAP, 'one', map({ k: '1' })),
      apply(MAP, 'one', map({})),
      apply(MAP, 'two', map({})),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'updates take fields from those who applied them',
    steps: [
      apply(MAP, 'one', map({ k: '1', l: '2' })),
      patch(`${MAP}?fieldManager=hand`, MERGE_PATCH, { data: { k: 'changed' } }),
      apply(MAP, 'one', map({ k: '1', l: '2' })),
      apply(MAP, 'one', map({ k: 'changed', l: '2' })),
      apply(MAP, 'one', map({ l: '2' })),
      put(`${MAP}?fieldManager=other`, map({ only: 'this' })),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'apply on what was created otherwise',
    steps: [
      post(`${CONFIG_MAPS}?fieldManager=maker`, map({ k: '1' }, { labels: { a: 'b' } })),
      apply(MAP, 'one', map({ k: '2' })),
      apply(MAP, 'one', map({ k: '2' }), '&force=true'),
      apply(MAP, 'one', map({ k: '1' }, { annotations: { n: 'm' } }), '&force=true'),
    ],
  },
  {
    name: 'managed fields set by hand',
    steps: [
      apply(MAP, 'one', map({ k: '1' })),
      patch(MAP, MERGE_PATCH, { metadata: { managedFields: [{}] } }),
      apply(MAP, 'two', map({ k: '2' })),
      apply(MAP, 'two', map({ k: '2' }), '&force=true'),
      apply(MAP, 'one', map({ k: '2' }, { managedFields: [] })),
      patch(MAP, MERGE_PATCH, { metadata: { managedFields: [{ manager: 'x' }] } }),
      get(MAP),
    ],
  },
  {
    name: 'what apply refuses',
    steps: [
      patch(MAP, 'application/apply-patch+yaml', map({ k: '1' })),
      apply(MAP, 'one', { ...map({}), kind: 'Secret' }),
      apply(MAP, 'one', { metadata: { name: 'a' }, data: {} }),
      apply(MAP, 'one', configMap('b', {})),
      apply(MAP, 'one', map({}, { resourceVersion: '1' })),
      apply(MAP, 'one', map({}, { uid: '11111111-1111-4111-8111-111111111111' })),
      { ...apply(MAP, 'one', 'a: [b'), compared: reasonOf },
      apply(MAP, 'one', { ...map({}), bogus: 1 }),
      apply(MAP, 'one', { ...map({}), bogus: 1 }, '&fieldValidation=Strict'),
      apply(`${DEPLOYMENTS}/d`, 'one', withContainers({ name: 'a' }, { name: 'a' })),
      apply(`${RUNS}/a/status`, 'one', { ...run('a'), status: { phase: 'Running' } }),
    ],
  },
  {
    name: 'applied objects that say they are something else, or nothing',
    steps: [
      ...['null', '[]', '"text"', '7', '', '{}', '- a'].map((text) => apply(MAP, 'one', text)),
      ...[
        { kind: 'ConfigMap' },
        { apiVersion: 'v1', metadata: { name: 'a' } },
        { apiVersion: 7, kind: 'ConfigMap' },
        { apiVersion: 'v1', kind: 7 },
        { apiVersion: 'v2', kind: 'ConfigMap' },
        { apiVersion: 'a/b/c', kind: 'ConfigMap' },
        { apiVersion: 'apps/v1', kind: 'Deployment' },
        { apiVersion: 'v1', kind: 'ConfigMapList', items: [] },
        { apiVersion: 'v1', kind: 'ConfigMap', items: [] },
      ].map((body) => apply(MAP, 'one', body)),
      apply(`${RUNS}/r`, 'one', { kind: 'AgentRun', metadata: { name: 'r' } }),
      apply(`${RUNS}/r`, 'one', { apiVersion: 'sympozium.ai/v1alpha1', metadata: { name: 'r' } }),
      apply(`${RUNS}/r`, 'one', { apiVersion: 'sympozium.ai/v9', kind: 'AgentRun', metadata: { name: 'r' } }),
    ],
  },
  {
    name: 'applied metadata of a wrong type',
    steps: [
      ...[
        ...['x', [], null, {}],
        ...[{ name: 1 }, { name: 'a', namespace: 7 }, { name: 'a', namespace: 'elsewhere' }],
        ...[{ labels: { a: 1 } }, { labels: [] }, { labels: 'x' }, { finalizers: 'x' }, { finalizers: [1] }],
        ...[{ ownerReferences: [{}] }, { ownerReferences: [{ uid: 1 }] }, { bogus: 7 }],
        ...[{ managedFields: 'x' }, { managedFields: [1] }, { generation: 'x' }, { resourceVersion: 7 }],
      ].map((metadata) => apply(MAP, 'one', { ...map({}), metadata })),
      apply(MAP, 'one', map({}, { creationTimestamp: 'x' })),
      apply(MAP, 'one', map({}, { creationTimestamp: 5 })),
      apply(MAP, 'one', map({}, { annotations: { a: null } })),
      ...[{ name: 7 }, 'x', { name: 'r', labels: { a: 1 } }, { name: 'r', finalizers: [1] }].map((metadata) =>
        apply(`${RUNS}/r`, 'one', { ...run('r'), metadata }),
      ),
      apply(`${RUNS}/r`, 'one', {
        ...run('r'),
        metadata: { name: 'r', labels: { a: null }, annotations: { b: null } },
      }),
    ],
  },
  {
    name: 'applied values that their types cannot hold',
    steps: [
      ...[1, true, null, { a: 'b' }, ['b']].map((k) => apply(MAP, 'one', { ...map({}), data: { k } })),
      ...[[], 'text', 1].map((data) => apply(MAP, 'one', { ...map({}), data })),
      ...['!!', 'YQ', 'no base64', ''].map((k) => apply(MAP, 'one', { ...map({}), binaryData: { k } })),
      apply(MAP, 'one', { ...map({}), immutable: 'yes' }),
      ...['no base64', 7].map((k) => apply(`${SECRETS}/s`, 'one', { ...secret, data: { k } })),
      ...[{ renewTime: 'soon' }, { renewTime: 5 }, { leaseDurationSeconds: 1.5 }, { leaseDurationSeconds: 1e10 }].map(
        (spec) => apply(`${LEASES}/l`, 'one', { ...lease, spec }),
      ),
      ...[{ port: '80' }, { port: 80, targetPort: 1.5 }, { port: 80, targetPort: true }, { targetPort: 80 }, null].map(
        (port) => apply(`${SERVICES}/s`, 'one', service('s', { ports: [port] })),
      ),
      ...['many', 1.5, 1e12, true, null].map((replicas) => apply(DEPLOYMENT, 'one', deployment('d', { replicas }))),
      ...[1.5, true, {}].map((maxSurge) =>
        apply(DEPLOYMENT, 'one', deployment('d', { strategy: { rollingUpdate: { maxSurge } } })),
      ),
      ...[{}, 'x', [1], [null], [{}], [{ name: 7 }]].map((containers) =>
        apply(DEPLOYMENT, 'one', deployment('d', {}, { containers })),
      ),
      ...['much', 1.5, {}, null].map((cpu) =>
        apply(DEPLOYMENT, 'one', withContainers(container({ resources: { requests: { cpu } } }))),
      ),
      ...[{ args: 'x' }, { args: [1] }, { args: [null] }, { env: { A: 'b' } }, { bogus: 1 }].map((more) =>
        apply(DEPLOYMENT, 'one', withContainers(container(more))),
      ),
      apply(`${DEPLOYMENT}/status`, 'one', { ...deployment('d'), status: { replicas: 'x' } }),
      ...[{ task: 7 }, { task: null }, { bogus: 7 }, { instanceRef: [] }].map((spec) =>
        apply(`${RUNS}/r`, 'one', run('r', spec)),
      ),
      ...['x', [], null].map((spec) => apply(`${RUNS}/r`, 'one', { ...run('r'), spec })),
      ...['x', [{}], [7], [null]].map((skills) => apply(`${INSTANCES}/i`, 'one', instance('i', { skills }))),
      get(MAP),
      get(DEPLOYMENT),
    ],
  },
  {
    name: 'applied YAML: what stands twice, aliases, several documents, texts that look like something else',
    steps: [
      ...['Warn', 'Strict', 'Ignore'].flatMap((mode) => [
        apply(MAP, 'one', yaml('data:\n  k: a\n  k: b\n  k: c'), `&fieldValidation=${mode}`),
        apply(MAP, 'one', TWICE, `&fieldValidation=${mode}`),
      ]),
      ...[
        'data:\n  k: &x a\n  l: *x',
        'data:\n  k: *x',
        'data:\n  k: yes',
        'data:\n  k: 1.0',
        'data:\n  k: 2026-01-01',
        'data:\n  k: ~',
        'data:\n  1: "a"\n  true: "b"',
        'bogus: 1\nbogus: 2',
        'data:\n  k: a\n---\nkind: Other',
      ].map((text) => apply(MAP, 'one', yaml(text))),
      ...['a: [b', 'a: b: c', 'metadata:\n\tname: a'].map((text) => ({
        ...apply(MAP, 'one', text),
        compared: reasonOf,
      })),
    ],
  },
  {
    name: 'lists with keys belong to several',
    steps: [
      apply(DEPLOYMENT, 'one', withContainers(container({ env: [{ name: 'A', value: '1' }] }))),
      apply(DEPLOYMENT, 'two', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { template: { spec: { containers: [{ name: 'main', env: [{ name: 'B', value: '2' }] }] } } },
      }),
      apply(DEPLOYMENT, 'two', withContainers({ name: 'main', image: 'other' })),
      apply(DEPLOYMENT, 'two', withContainers(container(), { name: 'side', image: 'example/side' })),
      apply(DEPLOYMENT, 'one', withContainers({ ...container(), ports: [{ containerPort: 80 }] })),
      apply(DEPLOYMENT, 'one', withContainers(container())),
      apply(DEPLOYMENT, 'two', withContainers(container())),
      get(DEPLOYMENT),
    ],
    watched: [DEPLOYMENTS],
  },
  {
    name: 'ports, sets, atomic lists',
    steps: [
      apply(`${SERVICES}/s`, 'one', service('s', { clusterIP: 'None', ports: [{ name: 'a', port: 80 }] })),
      apply(`${SERVICES}/s`, 'two', service('s', { ports: [{ name: 'b', port: 80, protocol: 'UDP' }] })),
      apply(`${SERVICES}/s`, 'one', service('s', { clusterIP: 'None', ports: [{ name: 'c', port: 81 }] })),
      apply(MAP, 'one', map({}, { finalizers: ['example.com/a'] })),
      apply(MAP, 'two', map({}, { finalizers: ['example.com/b'] })),
      apply(MAP, 'one', map({})),
      apply(MAP, 'two', map({})),
    ],
  },
  {
    name: 'custom resources and their status',
    steps: [
      apply(`${INSTANCES}/i`, 'one', instance('i', { skills: [{ skillPackRef: { name: 'web-endpoint' } }] })),
      apply(`${INSTANCES}/i`, 'two', instance('i', { systemPrompt: 'Be kind.' })),
      apply(`${INSTANCES}/i`, 'two', instance('i', { model: { provider: 'openai', name: 'm' } })),
      apply(`${INSTANCES}/i/status`, 'three', {
        apiVersion: 'sympozium.ai/v1alpha1',
        kind: 'SympoziumInstance',
        metadata: { name: 'i' },
        status: { activeRuns: 1 },
      }),
      apply(`${INSTANCES}/i`, 'one', instance('i')),
      patch(`${INSTANCES}/i/status?fieldManager=four`, MERGE_PATCH, { status: { queuedRuns: 2 } }),
      get(`${INSTANCES}/i`),
    ],
    watched: [INSTANCES],
  },
];
