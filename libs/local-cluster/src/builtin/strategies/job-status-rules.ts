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
    ...endErrors(next, changed),
    ...finishedErrors(next, changed),
    ...indexErrors(next, changed),
    ...readyErrors(next, changed),
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

/** How a Job has ended, and when. */
function endErrors({ is, status }: State, changed: Changed): FieldError[] {
  const { startTime, completionTime } = status;
  const field = 'status.completionTime';
  const errors: FieldError[] = [];
  if (changed('Complete', 'Failed') && is.Complete && is.Failed)
    errors.push(wrong(CONDITIONS_FIELD, 'cannot set Complete=True and Failed=true conditions'));
  if (changed('Complete', 'FailureTarget') && is.Complete && is.FailureTarget)
    errors.push(wrong(CONDITIONS_FIELD, 'cannot set Complete=True and FailureTarget=true conditions'));
  if (changed('Complete', 'completionTime')) errors.push(...completionTimeErrors(completionTime, is.Complete, field));
  const isBefore = startTime != null && completionTime != null && timeOf(completionTime) < timeOf(startTime);
  if (changed('startTime', 'completionTime') && isBefore)
    errors.push(invalidValue(field, completionTime, 'must be equal to or after `startTime`'));
  return errors;
}

const timeOf = (time: unknown): number => Date.parse(textOf(time));

function completionTimeErrors(time: unknown, isComplete: boolean, field: string): FieldError[] {
  if (time == null) return isComplete ? [required(field, 'completionTime is required for Complete jobs')] : [];
  const detail = 'cannot set completionTime when there is no Complete=True condition';
  return isComplete ? [] : [invalidValue(field, time, detail)];
}

/** What is true of a Job that has ended. */
function finishedErrors(state: State, changed: Changed): FieldError[] {
  const { is, isFinished, status } = state;
  const errors: FieldError[] = [];
  if (changed('Failed', 'failedIndexes') && is.Failed && !is.FailureTarget)
    errors.push(wrong(CONDITIONS_FIELD, 'cannot set Failed=True condition without the FailureTarget=true condition'));
  if (changed('Complete', 'SuccessCriteriaMet') && is.Complete && !is.SuccessCriteriaMet)
    errors.push(
      wrong(CONDITIONS_FIELD, 'cannot set Complete=True condition without the SuccessCriteriaMet=true condition'),
    );
  if (!isFinished) return errors;
  if (changed('isFinished', 'active') && count(state, 'active') > 0)
    errors.push(invalidValue('status.active', status['active'], 'active>0 is invalid for finished job'));
  if (changed('isFinished', 'startTime') && status['startTime'] == null && !neverBegins(state))
    errors.push(required('status.startTime', 'startTime is required for finished job'));
  if (changed('isFinished', 'uncountedTerminatedPods')) errors.push(...countedErrors(status));
  return errors;
}

const neverBegins = ({ spec }: State): boolean => spec['suspend'] === true && spec['completions'] === 0;

function countedErrors({ uncountedTerminatedPods: uncounted }: Fields): FieldError[] {
  const { succeeded, failed } = fieldsOf(uncounted);
  if (textsOf(succeeded).length + textsOf(failed).length === 0) return [];
  const shown = inGo(uncounted, { succeeded: null, failed: null });
  return [invalidValue('status.uncountedTerminatedPods', shown, 'must be empty for finished job')];
}

function indexErrors({ spec, status }: State, changed: Changed): FieldError[] {
  const completions = numberOf(spec['completions']);
  const [completed, failed] = [textOf(status['completedIndexes']), status['failedIndexes']];
  const errors: FieldError[] = [];
  const parse = (name: string, text: string): void => {
    const found = completions === undefined ? 0 : countIndexes(text, completions);
    if (typeof found === 'string') errors.push(invalidValue(`status.${name}`, text, `error parsing ${name}: ${found}`));
  };
  if (changed('completedIndexes')) parse('completedIndexes', completed);
  const hasLimit = spec['backoffLimitPerIndex'] != null;
  if (changed('failedIndexes') && failed != null && hasLimit) parse('failedIndexes', textOf(failed));
  if (changed('completedIndexes') && completed !== '' && spec['completionMode'] !== 'Indexed') {
    const detail = 'cannot set non-empty completedIndexes when non-indexed completion mode';
    errors.push(invalidValue('status.completedIndexes', completed, detail));
  }
  if (changed('failedIndexes') && failed != null && !hasLimit) {
    const detail = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null';
    errors.push(invalidValue('status.failedIndexes', failed, detail));
  }
  return errors;
}

function readyErrors(state: State, changed: Changed): FieldError[] {
  const { status, isFinished } = state;
  const errors: FieldError[] = [];
  if (changed('isFinished', 'terminating') && isFinished && count(state, 'terminating') > 0)
    errors.push(invalidValue('status.terminating', status['terminating'], 'terminating>0 is invalid for finished job'));
  if (changed('ready', 'active') && count(state, 'ready') > count(state, 'active'))
    errors.push(invalidValue('status.ready', status['ready'], 'cannot set more ready pods than active'));
  return errors;
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
