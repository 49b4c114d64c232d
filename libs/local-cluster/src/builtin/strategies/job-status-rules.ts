import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { duplicate, invalidValue, required, wrong } from '../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { inGo } from './go-values.js';
import { countIndexes } from './job-indexes.js';
import { countErrors } from './shared-rules.js';

const CONDITIONS = ['Complete', 'Failed', 'FailureTarget', 'SuccessCriteriaMet', 'Suspended'] as const;
type Condition = (typeof CONDITIONS)[number];

/** A Job's status with what it says of the Job. */
interface State {
  readonly spec: Fields;
  readonly status: Fields;
  readonly is: Readonly<Record<Condition, boolean>>;
  readonly isFinished: boolean;
}

function stateOf(job: ApiObject): State {
  const status = fieldsOf(job['status']);
  const holds = new Set(
    listOf(status['conditions']).flatMap(({ type, status: value }) => (value === 'True' ? [textOf(type)] : [])),
  );
  const is = Object.fromEntries(CONDITIONS.map((name) => [name, holds.has(name)])) as Record<Condition, boolean>;
  return { spec: fieldsOf(job['spec']), status, is, isFinished: is.Complete || is.Failed };
}

/** What a rule looks at has changed: what is wrong already stays as it is. */
type Changed = (...names: readonly string[]) => boolean;

const CONDITIONS_FIELD = 'status.conditions';
const count = ({ status }: State, name: string): number => numberOf(status[name]) ?? 0;

/** A Job that says how it goes neither contradicts itself nor takes back how it went. */
export function validateJobStatus(job: ApiObject, old: ApiObject): FieldError[] {
  const [next, before] = [stateOf(job), stateOf(old)];
  const changed: Changed = (...names) =>
    names.some((name) =>
      name === 'isFinished' || name in next.is
        ? valueOf(next, name) !== valueOf(before, name)
        : !isDeepStrictEqual(next.status[name], before.status[name]),
    );
  return [
    ...countErrors(next.status, 'status', ['active', 'succeeded', 'failed', 'ready', 'terminating']),
    ...uncountedErrors(next),
    ...ruleErrors(next, changed),
    ...clashErrors(next),
    ...regressErrors(next, before, changed),
  ];
}

const valueOf = ({ is, isFinished }: State, name: string): boolean =>
  name === 'isFinished' ? isFinished : is[name as Condition];

function uncountedErrors({ status }: State): FieldError[] {
  const uncounted = fieldsOf(status['uncountedTerminatedPods']);
  const seen = new Set<string>();
  return ['succeeded', 'failed'].flatMap((name) =>
    textsOf(uncounted[name]).flatMap((uid, index) => {
      const field = `status.uncountedTerminatedPods.${name}[${index}]`;
      if (uid === '') return [invalidValue(field, uid, 'must not be empty')];
      const isTwice = seen.has(uid);
      seen.add(uid);
      return isTwice ? [duplicate(field, uid)] : [];
    }),
  );
}

/** A rule that is asked when one of these has changed; it tells what is wrong, or undefined. */
type Rule = readonly [of: readonly string[], ask: (state: State) => FieldError | undefined];

const condition = (isBad: boolean, detail: string): FieldError | undefined =>
  isBad ? wrong(CONDITIONS_FIELD, detail) : undefined;

/** Of a Job that has ended: what there is of a thing, though there must be none. */
const none = (name: string): Rule => [
  ['isFinished', name],
  (state) =>
    state.isFinished && count(state, name) > 0
      ? invalidValue(`status.${name}`, count(state, name), `${name}>0 is invalid for finished job`)
      : undefined,
];

/** In the real server's order. */
const RULES: readonly Rule[] = [
  [
    ['Complete', 'Failed'],
    ({ is }) => condition(is.Complete && is.Failed, 'cannot set Complete=True and Failed=true conditions'),
  ],
  [
    ['Complete', 'FailureTarget'],
    ({ is }) =>
      condition(is.Complete && is.FailureTarget, 'cannot set Complete=True and FailureTarget=true conditions'),
  ],
  [['Complete', 'completionTime'], completionError],
  [['startTime', 'completionTime'], orderError],
  [
    ['Failed', 'failedIndexes'],
    ({ is }) =>
      condition(
        is.Failed && !is.FailureTarget,
        'cannot set Failed=True condition without the FailureTarget=true condition',
      ),
  ],
  [
    ['Complete', 'SuccessCriteriaMet'],
    ({ is }) =>
      condition(
        is.Complete && !is.SuccessCriteriaMet,
        'cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
      ),
  ],
  none('active'),
  [['isFinished', 'startTime'], beginError],
  [['isFinished', 'uncountedTerminatedPods'], countedError],
  [
    ['completedIndexes'],
    ({ spec, status }) => parseError('completedIndexes', textOf(status['completedIndexes']), spec['completions']),
  ],
  [['failedIndexes'], failedIndexesError],
  [['completedIndexes'], indexedError],
  none('terminating'),
  [
    ['ready', 'active'],
    (state) =>
      count(state, 'ready') > count(state, 'active')
        ? invalidValue('status.ready', count(state, 'ready'), 'cannot set more ready pods than active')
        : undefined,
  ],
];

const ruleErrors = (state: State, changed: Changed): FieldError[] =>
  RULES.flatMap(([of, ask]) => (changed(...of) ? (ask(state) ?? []) : []));

function completionError({ is, status }: State): FieldError | undefined {
  const { completionTime: time } = status;
  const field = 'status.completionTime';
  if (time == null) return is.Complete ? required(field, 'completionTime is required for Complete jobs') : undefined;
  const detail = 'cannot set completionTime when there is no Complete=True condition';
  return is.Complete ? undefined : invalidValue(field, time, detail);
}

function orderError({ status: { startTime, completionTime } }: State): FieldError | undefined {
  if (startTime == null || completionTime == null) return undefined;
  const isBefore = Date.parse(textOf(completionTime)) < Date.parse(textOf(startTime));
  return isBefore
    ? invalidValue('status.completionTime', completionTime, 'must be equal to or after `startTime`')
    : undefined;
}

function beginError({ isFinished, spec, status }: State): FieldError | undefined {
  const neverBegins = spec['suspend'] === true && spec['completions'] === 0;
  return isFinished && !neverBegins && status['startTime'] == null
    ? required('status.startTime', 'startTime is required for finished job')
    : undefined;
}

function countedError({ isFinished, status: { uncountedTerminatedPods: uncounted } }: State): FieldError | undefined {
  const { succeeded, failed } = fieldsOf(uncounted);
  if (!isFinished || textsOf(succeeded).length + textsOf(failed).length === 0) return undefined;
  const shown = inGo(uncounted, { succeeded: null, failed: null });
  return invalidValue('status.uncountedTerminatedPods', shown, 'must be empty for finished job');
}

function parseError(name: string, text: string, completions: unknown): FieldError | undefined {
  const most = numberOf(completions);
  const found = most === undefined ? 0 : countIndexes(text, most);
  return typeof found === 'string'
    ? invalidValue(`status.${name}`, text, `error parsing ${name}: ${found}`)
    : undefined;
}

function failedIndexesError({ spec, status }: State): FieldError | undefined {
  const { failedIndexes: failed } = status;
  if (failed == null) return undefined;
  if (spec['backoffLimitPerIndex'] != null) return parseError('failedIndexes', textOf(failed), spec['completions']);
  const detail = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
  return invalidValue('status.failedIndexes', failed, detail);
}

function indexedError({ spec, status }: State): FieldError | undefined {
  const completed = textOf(status['completedIndexes']);
  const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
  return completed !== '' && spec['completionMode'] !== 'Indexed'
    ? invalidValue('status.completedIndexes', completed, detail)
    : undefined;
}

function clashErrors({ is, spec }: State): FieldError[] {
  const needsReason = spec['successPolicy'] != null && !is.SuccessCriteriaMet && is.Complete;
  const details = [
    ...(is.SuccessCriteriaMet && is.Failed ? ['cannot set SuccessCriteriaMet=True and Failed=true conditions'] : []),
    ...(is.SuccessCriteriaMet && is.FailureTarget
      ? ['cannot set SuccessCriteriaMet=True and FailureTarget=true conditions']
      : []),
    ...(needsReason ? ['cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'] : []),
  ];
  return details.map((detail) => wrong(CONDITIONS_FIELD, detail));
}

/** What has been said is not taken back. */
function regressErrors(next: State, before: State, changed: Changed): FieldError[] {
  const { spec } = next;
  const isElastic = spec['completionMode'] === 'Indexed' && spec['completions'] === spec['parallelism'];
  const lost = (['Failed', 'Complete', 'FailureTarget'] as const).filter((name) => before.is[name] && !next.is[name]);
  return [
    ...lost.map((name) => wrong(CONDITIONS_FIELD, `cannot disable the terminal ${name}=True condition`)),
    ...counterErrors(next, before, 'failed'),
    ...(isElastic ? [] : counterErrors(next, before, 'succeeded')),
    ...timeErrors(next, before, changed),
    ...(before.is.SuccessCriteriaMet && !next.is.SuccessCriteriaMet
      ? [wrong(CONDITIONS_FIELD, 'cannot disable the SuccessCriteriaMet=True condition')]
      : []),
  ];
}

const counterErrors = (next: State, before: State, name: string): FieldError[] =>
  count(next, name) < count(before, name)
    ? [invalidValue(`status.${name}`, count(next, name), `cannot decrease the ${name} counter`)]
    : [];

function timeErrors(next: State, before: State, changed: Changed): FieldError[] {
  const { completionTime, startTime } = next.status;
  const errors: FieldError[] = [];
  if (completionTime != null && before.status['completionTime'] != null && changed('completionTime'))
    errors.push(invalidValue('status.completionTime', completionTime, 'field is immutable'));
  const isResuming = before.is.Suspended && !next.is.Suspended;
  const hasBegun = before.status['startTime'] != null && next.spec['suspend'] !== true && !isResuming;
  if (changed('startTime') && hasBegun) {
    const detail = 'field is immutable for unsuspended job once set';
    errors.push(invalidValue('status.startTime', startTime ?? null, detail));
  }
  return errors;
}
