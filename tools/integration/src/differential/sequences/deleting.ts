import {
  apply,
  configMap,
  CONFIG_MAPS,
  get,
  job,
  JOBS,
  MERGE_PATCH,
  patch,
  pod,
  PODS,
  post,
  put,
  remove,
  run,
  RUNS,
  service,
  SERVICES,
} from '../calls.js';
import { objectOf, type Sequence } from '../sequence.js';

const MAP = `${CONFIG_MAPS}/a`;
const held = (name: string) => post(CONFIG_MAPS, configMap(name, {}, { finalizers: ['example.com/held'] }));
const release = (name: string) => patch(`${CONFIG_MAPS}/${name}`, MERGE_PATCH, { metadata: { finalizers: null } });
const options = (more: object): object => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more });

export const deleting: readonly Sequence[] = [
  {
    name: 'what a deletion answers with',
    steps: [
      post(CONFIG_MAPS, configMap('a', {})),
      remove(MAP),
      remove(MAP),
      post(SERVICES, service('s', { clusterIP: 'None' })),
      remove(`${SERVICES}/s`),
      post(RUNS, run('r')),
      remove(`${RUNS}/r`),
      post(PODS, pod('p')),
      remove(`${PODS}/p`),
      get(`${PODS}/p`),
    ],
    watched: [CONFIG_MAPS, SERVICES, RUNS, PODS],
  },
  {
    name: 'finalizers hold an object',
    steps: [
      held('a'),
      remove(MAP),
      get(MAP),
      remove(MAP),
      patch(MAP, MERGE_PATCH, { metadata: { finalizers: ['example.com/held', 'example.com/more'] } }),
      patch(MAP, MERGE_PATCH, { data: { k: '1' } }),
      patch(MAP, MERGE_PATCH, { metadata: { deletionTimestamp: null } }),
      release('a'),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'an apply gives a held object up',
    steps: [
      apply(MAP, 'one', configMap('a', {}, { finalizers: ['example.com/held'] })),
      remove(MAP),
      apply(MAP, 'one', configMap('a', {})),
      get(MAP),
    ],
    watched: [CONFIG_MAPS],
  },
  {
    name: 'propagation becomes finalizers',
    steps: ['Background', 'Foreground', 'Orphan', 'Sideways'].flatMap((propagationPolicy, index) => [
      post(JOBS, job(`j${index}`)),
      remove(`${JOBS}/j${index}`, options({ propagationPolicy })),
      get(`${JOBS}/j${index}`),
    ]),
    watched: [JOBS],
  },
  {
    name: 'propagation in the query, and the old way',
    steps: [
      held('a'),
      remove(`${MAP}?propagationPolicy=Foreground`),
      held('b'),
      remove(`${CONFIG_MAPS}/b`, options({ orphanDependents: true })),
      held('c'),
      remove(`${CONFIG_MAPS}/c`, options({ orphanDependents: true, propagationPolicy: 'Orphan' })),
    ],
  },
  {
    name: 'preconditions',
    steps: [
      post(CONFIG_MAPS, configMap('a', {})),
      remove(MAP, options({ preconditions: { uid: '11111111-1111-4111-8111-111111111111' } })),
      remove(MAP, options({ preconditions: { resourceVersion: '1' } })),
      (answers) => remove(MAP, options({ preconditions: { uid: objectOf(answers[0]).metadata.uid } })),
    ],
  },
  {
    name: 'a Pod’s grace',
    steps: [
      post(PODS, pod('p', { nodeName: 'somewhere', terminationGracePeriodSeconds: 20 })),
      remove(`${PODS}/p`),
      remove(`${PODS}/p`),
      remove(`${PODS}/p`, options({ gracePeriodSeconds: 30 })),
      remove(`${PODS}/p`, options({ gracePeriodSeconds: 5 })),
      remove(`${PODS}/p`, options({ gracePeriodSeconds: 0 })),
      get(`${PODS}/p`),
      post(PODS, pod('q', { nodeName: 'somewhere' }, { finalizers: ['example.com/held'] })),
      remove(`${PODS}/q?gracePeriodSeconds=0`),
      patch(`${PODS}/q`, MERGE_PATCH, { metadata: { finalizers: [] } }),
      get(`${PODS}/q`),
    ],
    watched: [PODS],
  },
  {
    name: 'a collection, or what is selected of it',
    steps: [
      post(CONFIG_MAPS, configMap('a', {}, { labels: { app: 'x' } })),
      post(CONFIG_MAPS, configMap('b', {})),
      held('c'),
      remove(`${CONFIG_MAPS}?labelSelector=app=x`),
      get(CONFIG_MAPS),
      remove(CONFIG_MAPS),
      get(CONFIG_MAPS),
    ],
  },
  {
    name: 'generations of our kinds',
    steps: [
      post(RUNS, run('r')),
      patch(`${RUNS}/r`, MERGE_PATCH, { metadata: { labels: { a: 'b' } } }),
      patch(`${RUNS}/r`, MERGE_PATCH, { spec: { cancel: true } }),
      patch(`${RUNS}/r/status`, MERGE_PATCH, { status: { phase: 'Running' } }),
      patch(`${RUNS}/r`, MERGE_PATCH, { metadata: { finalizers: ['example.com/held'] } }),
      remove(`${RUNS}/r`),
      (answers) =>
        put(`${RUNS}/r`, {
          ...run('r', { cancel: true }),
          metadata: { name: 'r', resourceVersion: objectOf(answers.at(-1)).metadata.resourceVersion },
        }),
      get(`${RUNS}/r`),
    ],
    watched: [RUNS],
  },
];
