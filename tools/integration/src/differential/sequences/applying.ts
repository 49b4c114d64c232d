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
  MERGE_PATCH,
  patch,
  post,
  put,
  run,
  RUNS,
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
