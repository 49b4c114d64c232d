import type { ApiAnswer, WatchLine } from '../api-call.js';
import {
  configMap,
  CONFIG_MAPS,
  get,
  MERGE_PATCH,
  patch,
  post,
  remove,
  run,
  RUNS,
  watching as heard,
} from '../calls.js';
import { objectOf, type Sequence, type Step } from '../sequence.js';
import { TABLE } from './every-kind.js';

const PARTIAL = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const INITIAL = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const NO_INITIAL = 'sendInitialEvents=false&resourceVersionMatch=NotOlderThan';
const BOOKMARKS = 'allowWatchBookmarks=true';
/** A version that no server ever comes to. */
const FUTURE = '999999999';

/** The version that a step's answer tells. */
const versionOf = (answers: readonly ApiAnswer[], step: number): string =>
  objectOf(answers[step]).metadata.resourceVersion;

/** A watch of a second; `from` is a step whose version it begins with, or a version. */
const watch =
  (path: string, options: string, from?: number | string, accept?: string): Step =>
  (answers) => {
    const version = typeof from === 'number' ? versionOf(answers, from) : from;
    const start = version === undefined ? [] : [`resourceVersion=${version}`];
    return heard(get(`${path}?${['watch=true', 'timeoutSeconds=1', options, ...start].join('&')}`, accept));
  };

const maps = (options: string, from?: number | string, accept?: string): Step =>
  watch(CONFIG_MAPS, options, from, accept);

/** Objects come, change, enter and leave the selection `app=x`, and go. */
const changes: readonly Step[] = [
  post(CONFIG_MAPS, configMap('b', {}, { labels: { app: 'x' } })),
  post(CONFIG_MAPS, configMap('a', {})),
  patch(`${CONFIG_MAPS}/a`, MERGE_PATCH, { metadata: { labels: { app: 'x' } } }),
  patch(`${CONFIG_MAPS}/b`, MERGE_PATCH, { metadata: { labels: { app: 'y' } } }),
  patch(`${CONFIG_MAPS}/b`, MERGE_PATCH, { data: { unseen: '1' } }),
  patch(`${CONFIG_MAPS}/a`, MERGE_PATCH, { data: { k: '1' } }),
  remove(`${CONFIG_MAPS}/b`),
];

/** Ends a watch at the object `z`. */
const atZ = ({ object }: WatchLine): boolean => object.metadata?.name === 'z';

/** What watches tell, and from where. */
export const watching: readonly Sequence[] = [
  {
    name: 'selections',
    steps: changes,
    afterwards: [
      ...['', 'labelSelector=app', 'labelSelector=app%3Dx', 'labelSelector=app%21%3Dx', 'labelSelector=%21app'].flatMap(
        (selector) => [0, 1, 2, 3, 5].map((step) => maps(selector, step)),
      ),
      maps('fieldSelector=metadata.name%3Db', 1),
      maps('fieldSelector=metadata.name%21%3Db', 1),
      maps('fieldSelector=metadata.name%3Da&labelSelector=app%3Dx', 0),
      watch(`${CONFIG_MAPS}/a`, '', 0),
      watch(`${CONFIG_MAPS}/a`, 'fieldSelector=metadata.name%3Db', 0),
      watch('/api/v1/watch/namespaces/{ns}/configmaps', '', 0),
      watch('/api/v1/watch/namespaces/{ns}/configmaps/a', '', 0),
    ],
  },
  {
    name: 'where they begin',
    steps: changes,
    afterwards: [
      ...[undefined, '0', '', 2, FUTURE].flatMap((from) =>
        ['', INITIAL, NO_INITIAL].flatMap((initial) => [
          maps(initial, from),
          maps(`${BOOKMARKS}&${initial}`, from),
          maps(`${BOOKMARKS}&labelSelector=app%3Dnone&${initial}`, from),
        ]),
      ),
    ],
  },
  {
    name: 'what they cannot be',
    steps: changes,
    afterwards: [
      ...['bogus', '-1', '1.5'].map((from) => maps('', from)),
      ...['NotOlderThan', 'Exact', 'Bogus'].map((match) => maps(`resourceVersionMatch=${match}`, 0)),
      maps('sendInitialEvents=true', 0),
      maps('sendInitialEvents=false', 0),
      maps('sendInitialEvents=true&resourceVersionMatch=Exact', 0),
      maps('sendInitialEvents=bogus', 0),
      maps('resourceVersionMatch=NotOlderThan'),
      maps('limit=1', 0),
      maps('continue=bogus', 0),
      maps('continue=bogus'),
      maps(`continue=bogus&${INITIAL}`, 0),
      ...['watch=1', 'watch', 'watch=bogus', 'watch=false', 'watch=true&watch=false'].map((query) =>
        get(`${CONFIG_MAPS}?${query}&timeoutSeconds=1`),
      ),
      get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=soon`),
    ],
  },
  {
    name: 'tables and metadata alone',
    steps: [...changes, post(RUNS, run('r'))],
    afterwards: [TABLE, PARTIAL].flatMap((accept) => [
      maps('', 0, accept),
      maps('includeObject=None', 0, accept),
      maps('includeObject=Object', 0, accept),
      maps(BOOKMARKS, undefined, accept),
      maps('', FUTURE, accept),
      watch(RUNS, '', undefined, accept),
    ]),
  },
  {
    name: 'while it happens',
    meanwhile: ['', '&labelSelector=app', `&labelSelector=app%3Dx&${BOOKMARKS}`].map((options) => ({
      ...heard(get(`${CONFIG_MAPS}?watch=true&timeoutSeconds=10&resourceVersion={version}${options}`)),
      ends: atZ,
    })),
    steps: [...changes, post(CONFIG_MAPS, configMap('z', {}, { labels: { app: 'x' } }))],
  },
];
