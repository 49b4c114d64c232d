import fc from 'fast-check';
import { shownObject, type ApiAnswer, type ApiCall, type WatchLine } from '../api-call.js';
import {
  apply,
  configMap,
  CONFIG_MAPS,
  endsInitial,
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

const SEQUENCES = 60;
/** What fails once fails again. */
const SEED = 20_261_126;
const WRITES = { minLength: 6, maxLength: 16 };
const WATCHES = { minLength: 4, maxLength: 8 };
const SECONDS = 10;

interface Watched {
  readonly path: string;
  /** Of a custom resource the real server may make a new version where nothing changes: see docs/embedded-api.md. */
  readonly custom: boolean;
  readonly object: (name: string, labels: object) => object;
}

const KINDS: readonly Watched[] = [
  { path: CONFIG_MAPS, custom: false, object: (name, labels) => configMap(name, {}, { labels }) },
  { path: RUNS, custom: true, object: (name, labels) => ({ ...run(name), metadata: { name, labels } }) },
];

/** The last that is made, in every selection: whoever hears of it has heard all. */
const LAST = 'z';
const LAST_LABELS = { app: 'a', tier: 'x' };
const SELECTORS = [
  '',
  'labelSelector=app',
  'labelSelector=app%3Da',
  'labelSelector=app+in+(a,b)',
  'labelSelector=tier%21%3Dy',
  'labelSelector=%21other',
  'labelSelector=app%3Da,tier%3Dx',
  'fieldSelector=metadata.name%21%3Da',
  'fieldSelector=metadata.name%21%3Db&labelSelector=app',
];

const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'other'), fc.constantFrom('a', 'b', 'x', 'y', ''), {
  maxKeys: 3,
});
const name = fc.constantFrom('a', 'b', 'c');

/** A write of one of three objects; many are refused, or change nothing. */
function writeOf({ path, custom, object }: Watched): fc.Arbitrary<ApiCall> {
  const of = (one: string): string => `${path}/${one}`;
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(name, labels).map(([one, of]) => post(path, object(one, of))) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(name, fc.dictionary(fc.constantFrom('app', 'tier', 'other'), fc.constantFrom('a', 'x', null)))
        .map(([one, labels]) => patch(of(one), MERGE_PATCH, { metadata: { labels } })),
    },
    ...(custom
      ? []
      : [fc.tuple(name, labels).map(([one, labels]) => apply(of(one), 'one', object(one, labels), '&force=true'))]),
    fc
      .tuple(name, fc.constantFrom('1', '2'))
      .map(([one, note]) => patch(of(one), MERGE_PATCH, { metadata: { annotations: { note } } })),
    fc
      .tuple(name, fc.constantFrom(['example.com/held'], null))
      .map(([one, finalizers]) => patch(of(one), MERGE_PATCH, { metadata: { finalizers } })),
    { weight: 3, arbitrary: name.map((one) => remove(of(one))) },
    name.map((one) => remove(`${of(one)}?dryRun=All`)),
    fc.constant(remove(`${path}?labelSelector=app%3Db`)),
  );
}

/** A patch that changes something, whatever else it does. */
function noted(call: ApiCall, index: number): ApiCall {
  if (call.contentType !== MERGE_PATCH) return call;
  const { metadata } = call.body as { metadata: object };
  return { ...call, body: { metadata: { ...metadata, annotations: { note: String(index) } } } };
}

const isLast = ({ object }: WatchLine): boolean => shownObject(object).metadata?.name === LAST;

/** The version of the newest object that was told before a step, not of the last; `{version}`: of before them all. */
function versionAt(answers: readonly ApiAnswer[], step: number): string {
  const told = answers
    .slice(0, -1)
    .slice(0, step)
    .filter(({ status, body }) => status < 300 && isObject(body));
  return told.length === 0 ? '{version}' : objectOf(told.at(-1)).metadata.resourceVersion;
}

const isObject = (body: unknown): boolean =>
  (body as { metadata?: { resourceVersion?: string; uid?: string } }).metadata?.uid !== undefined;

interface Asked {
  readonly selector: string;
  /** Before which step's version it begins, where `from` says so. */
  readonly step: number;
  readonly from: 'step' | 'nothing' | '0';
  readonly initial: boolean | undefined;
  readonly bookmarks: boolean;
  readonly table: boolean;
}

/** A watch from some step on, or of what there is and then what comes. */
const watchOf = ({ path }: Watched): fc.Arbitrary<Step> =>
  fc
    .record<Asked>({
      selector: fc.constantFrom(...SELECTORS),
      step: fc.nat(WRITES.maxLength),
      from: fc.constantFrom('step', 'step', 'step', 'nothing', '0'),
      initial: fc.constantFrom(undefined, undefined, true, false),
      bookmarks: fc.boolean(),
      table: fc.boolean(),
    })
    .map((asked) => (answers: readonly ApiAnswer[]) => watchAs(path, asked, answers));

function watchAs(path: string, asked: Asked, answers: readonly ApiAnswer[]): ApiCall {
  const { selector, initial, bookmarks, table } = asked;
  const tellsWhatIs = initial ?? asked.from !== 'step';
  const options = [
    selector,
    versionOption(asked, answers),
    initial === undefined ? '' : `sendInitialEvents=${initial}&resourceVersionMatch=NotOlderThan`,
    bookmarks ? 'allowWatchBookmarks=true' : '',
    `timeoutSeconds=${tellsWhatIs || asked.from === 'step' ? SECONDS : 1}`,
  ].filter((option) => option !== '');
  const call = heard(get(`${path}?watch=true&${options.join('&')}`, table && !bookmarks ? TABLE : undefined));
  return { ...call, ends: tellsWhatIs && bookmarks ? endsInitial : isLast };
}

function versionOption({ from, step }: Asked, answers: readonly ApiAnswer[]): string {
  if (from === 'nothing') return '';
  return `resourceVersion=${from === '0' ? from : versionAt(answers, step)}`;
}

/** Watches of writes that nobody thought of, always the same ones. */
export const generatedWatches: readonly Sequence[] = KINDS.flatMap((watched, index) => {
  const { path, custom, object } = watched;
  const last = post(path, object(LAST, LAST_LABELS));
  const steps = fc.array(writeOf(watched), WRITES).map((calls) => (custom ? calls.map(noted) : calls));
  const watches = fc.array(watchOf(watched), WATCHES);
  const meanwhile = fc.subarray(SELECTORS, { maxLength: 3 }).map((selectors) =>
    selectors.map((selector) => ({
      ...heard(get(`${path}?watch=true&timeoutSeconds=${SECONDS}&resourceVersion={version}&${selector}`)),
      ends: isLast,
    })),
  );
  return fc
    .sample(fc.record({ steps, watches, meanwhile }), { numRuns: SEQUENCES / KINDS.length, seed: SEED + index })
    .map((sample, at): Sequence => ({
      name: `${path.split('/').at(-1)} ${at + 1}`,
      steps: [...sample.steps, last],
      afterwards: sample.watches,
      meanwhile: sample.meanwhile,
    }));
});
