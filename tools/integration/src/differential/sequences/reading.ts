import {
  configMap,
  CONFIG_MAPS,
  get,
  patch,
  MERGE_PATCH,
  pod,
  PODS,
  post,
  remove,
  run,
  RUNS,
  LEASES,
} from '../calls.js';
import type { ApiAnswer } from '../api-call.js';
import type { Sequence } from '../sequence.js';

const labelled = (name: string, labels: Record<string, string>) => post(CONFIG_MAPS, configMap(name, {}, { labels }));
const three = [labelled('a', { app: 'x', tier: '1' }), labelled('b', { app: 'y' }), labelled('c', {})];
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const PARTIAL_LIST = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

const continued = (answers: readonly ApiAnswer[]): string =>
  (answers.at(-1)?.body as { metadata?: { continue?: string } }).metadata?.continue ?? '';

export const reading: readonly Sequence[] = [
  {
    name: 'label selectors',
    steps: [
      ...three,
      ...[
        'app=x',
        'app==x',
        'app!=x',
        'app in (x,y)',
        'app notin (x)',
        'app',
        '!app',
        'app=x,tier=1',
        'app=',
        'a b',
        'app in x',
        '=x',
      ].map((selector) => get(`${CONFIG_MAPS}?labelSelector=${encodeURIComponent(selector)}`)),
    ],
  },
  {
    name: 'field selectors',
    steps: [
      ...three,
      ...['metadata.name=a', 'metadata.name!=a', 'metadata.namespace={ns}', 'data.k=1', 'metadata.name'].map(
        (selector) => get(`${CONFIG_MAPS}?fieldSelector=${selector}`),
      ),
      post(PODS, pod('p')),
      ...['spec.nodeName=', 'status.phase=Pending', 'status.phase!=Pending', 'spec.bogus=1'].map((selector) =>
        get(`${PODS}?fieldSelector=${selector}`),
      ),
      post(RUNS, run('r')),
      get(`${RUNS}?fieldSelector=metadata.name=r`),
      get(`${RUNS}?fieldSelector=spec.task=x`),
    ],
  },
  {
    name: 'pages',
    steps: [
      ...three,
      get(`${CONFIG_MAPS}?limit=2`),
      (answers) => get(`${CONFIG_MAPS}?limit=2&continue=${continued(answers)}`),
      get(`${CONFIG_MAPS}?limit=1&labelSelector=app`),
      (answers) => get(`${CONFIG_MAPS}?limit=5&labelSelector=app&continue=${continued(answers)}`),
      get(`${CONFIG_MAPS}?continue=bogus`),
      get(`${CONFIG_MAPS}?limit=minus`),
      get(`${CONFIG_MAPS}?resourceVersion=bogus`),
      get(`${CONFIG_MAPS}?resourceVersionMatch=Exact`),
      get(`${CONFIG_MAPS}?resourceVersion=0&resourceVersionMatch=Exact`),
      get(`${CONFIG_MAPS}?resourceVersion=1&resourceVersionMatch=Bogus`),
    ],
  },
  {
    name: 'a page shows what was there when the first one was asked for',
    steps: [
      ...three,
      get(`${CONFIG_MAPS}?limit=1`),
      remove(`${CONFIG_MAPS}/b`),
      patch(`${CONFIG_MAPS}/c`, MERGE_PATCH, { data: { new: '1' } }),
      (answers) => get(`${CONFIG_MAPS}?limit=5&continue=${continued(answers.slice(0, 4))}`),
      get(CONFIG_MAPS),
    ],
  },
  {
    name: 'tables and metadata alone',
    steps: [
      ...three,
      get(CONFIG_MAPS, TABLE),
      get(`${CONFIG_MAPS}/a`, TABLE),
      get(CONFIG_MAPS, PARTIAL_LIST),
      get(`${CONFIG_MAPS}/a`, PARTIAL),
      post(RUNS, run('r')),
      get(RUNS, TABLE),
      post(PODS, pod('p')),
      get(PODS, TABLE),
      get(CONFIG_MAPS, 'application/json;as=Bogus;v=v1;g=meta.k8s.io'),
      get(CONFIG_MAPS, 'text/html'),
    ],
  },
  {
    name: 'selections as they are watched: objects come and go by their labels',
    steps: [
      labelled('a', { app: 'x' }),
      patch(`${CONFIG_MAPS}/a`, MERGE_PATCH, { metadata: { labels: { app: 'y' } } }),
      patch(`${CONFIG_MAPS}/a`, MERGE_PATCH, { data: { unseen: '1' } }),
      patch(`${CONFIG_MAPS}/a`, MERGE_PATCH, { metadata: { labels: { app: 'x' } } }),
      patch(`${CONFIG_MAPS}/a`, MERGE_PATCH, { data: { seen: '1' } }),
      remove(`${CONFIG_MAPS}/a`),
    ],
  },
  {
    name: 'paths that lead nowhere',
    steps: [
      get('/api/v1/namespaces/{ns}/bogus'),
      get('/apis/bogus.example.com/v1/things'),
      get('/apis/sympozium.ai/v9/agentruns'),
      get('/bogus'),
      { method: 'PUT', path: CONFIG_MAPS, body: {} },
      { method: 'POST', path: `${CONFIG_MAPS}/a`, body: {} },
      get(`${LEASES}/absent`),
      get(`${RUNS}/absent`),
      get(`${RUNS}/absent/status`),
      get(`${RUNS}/absent/bogus`),
    ],
  },
  {
    name: 'watches that cannot be',
    steps: [
      get(`${CONFIG_MAPS}?watch=true&resourceVersion=bogus&timeoutSeconds=1`),
      get(`${CONFIG_MAPS}?watch=true&resourceVersionMatch=Exact&timeoutSeconds=1`),
      get(`${CONFIG_MAPS}?watch=true&sendInitialEvents=true&timeoutSeconds=1`),
      get(`${CONFIG_MAPS}?watch=true&labelSelector=a%20b&timeoutSeconds=1`),
    ],
  },
];
