import {
  configMap,
  CONFIG_MAPS,
  container,
  deployment,
  DEPLOYMENTS,
  get,
  JSON_PATCH,
  MERGE_PATCH,
  patch,
  post,
  run,
  RUNS,
  service,
  SERVICES,
  STRATEGIC_PATCH,
} from '../calls.js';
import { objectOf, type Sequence } from '../sequence.js';

const MAP = `${CONFIG_MAPS}/a`;
const DEPLOYMENT = `${DEPLOYMENTS}/d`;
const strategic = (body: object) => patch(DEPLOYMENT, STRATEGIC_PATCH, body);
const podSpec = (spec: object): object => ({ spec: { template: { spec } } });

export const patching: readonly Sequence[] = [
  {
    name: 'JSON patches',
    steps: [
      post(CONFIG_MAPS, configMap('a', { k: '1', 'x/y~z': '2' })),
      patch(MAP, JSON_PATCH, [{ op: 'add', path: '/data/l', value: '3' }]),
      patch(MAP, JSON_PATCH, [{ op: 'replace', path: '/data/k', value: '4' }]),
      patch(MAP, JSON_PATCH, [{ op: 'remove', path: '/data/x~1y~0z' }]),
      patch(MAP, JSON_PATCH, [
        { op: 'test', path: '/data/k', value: '4' },
        { op: 'copy', from: '/data/k', path: '/data/m' },
      ]),
      patch(MAP, JSON_PATCH, [{ op: 'move', from: '/data/m', path: '/data/n' }]),
      patch(MAP, JSON_PATCH, [{ op: 'test', path: '/data/k', value: 'other' }]),
      patch(MAP, JSON_PATCH, [{ op: 'remove', path: '/data/absent' }]),
      patch(MAP, JSON_PATCH, [{ op: 'replace', path: '/data/absent', value: '1' }]),
      patch(MAP, JSON_PATCH, [{ op: 'add', path: '/absent/deep', value: '1' }]),
      patch(MAP, JSON_PATCH, [{ op: 'jump', path: '/data' }]),
      patch(MAP, JSON_PATCH, { op: 'add' }),
      patch(MAP, JSON_PATCH, []),
      patch(`${CONFIG_MAPS}/absent`, JSON_PATCH, []),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'merge patches',
    steps: [
      post(CONFIG_MAPS, configMap('a', { k: '1', l: '2' }, { labels: { a: 'b' } })),
      patch(MAP, MERGE_PATCH, { data: { k: null, m: '3' } }),
      patch(MAP, MERGE_PATCH, { metadata: { labels: null } }),
      patch(MAP, MERGE_PATCH, { data: null }),
      patch(MAP, MERGE_PATCH, {}),
      patch(MAP, MERGE_PATCH, { metadata: { resourceVersion: '1' }, data: { z: '1' } }),
      (answers) =>
        patch(MAP, MERGE_PATCH, {
          metadata: { resourceVersion: objectOf(answers[4]).metadata.resourceVersion },
          data: { z: '2' },
        }),
      patch(MAP, MERGE_PATCH, { metadata: { name: 'b' } }),
      patch(MAP, MERGE_PATCH, []),
      patch(MAP, MERGE_PATCH, 'null'),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'strategic merge patches: lists with merge keys',
    steps: [
      post(DEPLOYMENTS, deployment('d', {}, { containers: [container({ env: [{ name: 'A', value: '1' }] })] })),
      strategic(podSpec({ containers: [{ name: 'side', image: 'example/side' }] })),
      strategic(podSpec({ containers: [{ name: 'main', env: [{ name: 'B', value: '2' }] }] })),
      strategic(podSpec({ containers: [{ name: 'main', env: [{ name: 'A', $patch: 'delete' }] }] })),
      strategic(podSpec({ $setElementOrder: { containers: [{ name: 'main' }, { name: 'side' }] } })),
      strategic(podSpec({ '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }] })),
      strategic(podSpec({ containers: [{ name: 'side', $patch: 'delete' }] })),
      strategic(podSpec({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'example/only' }] })),
      strategic({ metadata: { finalizers: ['example.com/a'] } }),
      strategic({ metadata: { finalizers: ['example.com/b'] } }),
      strategic({ metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a', 'example.com/b'] } }),
      strategic({ metadata: { labels: { a: '1', b: '2' } } }),
      strategic({ metadata: { labels: { $patch: 'replace', c: '3' } } }),
      strategic(podSpec({ containers: [{ image: 'no key' }] })),
      get(DEPLOYMENT),
    ],
    watched: [DEPLOYMENTS],
  },
  {
    name: 'strategic merge patches: retained keys and strategies',
    steps: [
      post(DEPLOYMENTS, deployment('d', {}, { volumes: [{ name: 'v', emptyDir: {} }] })),
      strategic({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
      strategic(podSpec({ volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'm' } }] })),
      strategic(podSpec({ tolerations: [{ key: 'a' }] })),
      strategic(podSpec({ tolerations: [{ key: 'b' }] })),
      strategic(podSpec({ imagePullSecrets: [{ name: 'a' }] })),
      strategic(podSpec({ imagePullSecrets: [{ name: 'b' }] })),
      get(DEPLOYMENT),
    ],
  },
  {
    name: 'ports of a Service',
    steps: [
      post(SERVICES, service('s', { clusterIP: 'None', ports: [{ name: 'a', port: 80 }] })),
      patch(`${SERVICES}/s`, STRATEGIC_PATCH, { spec: { ports: [{ name: 'b', port: 81 }] } }),
      patch(`${SERVICES}/s`, STRATEGIC_PATCH, { spec: { ports: [{ port: 80, targetPort: 8080 }] } }),
      patch(`${SERVICES}/s`, MERGE_PATCH, { spec: { ports: [{ name: 'c', port: 82 }] } }),
      patch(`${SERVICES}/s`, MERGE_PATCH, { spec: { clusterIP: '127.96.0.9' } }),
    ],
  },
  {
    name: 'patches of custom resources',
    steps: [
      post(RUNS, run('a')),
      patch(`${RUNS}/a`, STRATEGIC_PATCH, { spec: {} }),
      patch(`${RUNS}/a`, MERGE_PATCH, { spec: { cancel: true } }),
      patch(`${RUNS}/a`, MERGE_PATCH, { spec: { bogus: true } }),
      patch(`${RUNS}/a?fieldValidation=Strict`, MERGE_PATCH, { spec: { bogus: true } }),
      patch(`${RUNS}/a/status`, MERGE_PATCH, { status: { phase: 'Running' }, spec: { cancel: false } }),
      patch(`${RUNS}/a/status`, JSON_PATCH, [{ op: 'add', path: '/status/conditions', value: [] }]),
      patch(`${RUNS}/a`, 'application/unknown', {}),
      get(`${RUNS}/a`),
    ],
    watched: [RUNS],
  },
];
