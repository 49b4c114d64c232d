import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { fieldsOf, listOf, textOf, type Fields } from './access.js';
import { invalidValue, required } from '../../schema/field-errors.js';
import { immutableErrors } from './metadata.js';
import { templateErrors } from './pod/pod-rules.js';
import { countErrors } from './shared-rules.js';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];
const FIXED = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];

export function validateJob(job: ApiObject): FieldError[] {
  const spec = fieldsOf(job['spec']);
  return [
    ...countErrors(spec, 'spec', COUNTS),
    ...indexErrors(spec),
    ...templateErrors(fieldsOf(spec['template']), 'spec.template'),
    ...restartErrors(spec),
  ];
}

function indexErrors(spec: Fields): FieldError[] {
  if (spec['completionMode'] === 'Indexed')
    return spec['completions'] == null ? [required('spec.completions', 'when completion mode is Indexed')] : [];
  return ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'].flatMap((name) =>
    spec[name] == null ? [] : [invalidValue(`spec.${name}`, spec[name], 'requires indexed completion mode')],
  );
}

function restartErrors(spec: Fields): FieldError[] {
  const field = 'spec.template.spec.restartPolicy';
  const { restartPolicy } = fieldsOf(fieldsOf(spec['template'])['spec']);
  if (restartPolicy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (spec['podFailurePolicy'] == null || restartPolicy === 'Never') return [];
  return [invalidValue(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** Only parallelism, suspension and the times of a Job change, and the place of one that has not begun. */
export function validateJobUpdate(job: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(job['spec']);
  const before = fieldsOf(old['spec']);
  return [
    ...completionsErrors(spec, before),
    ...immutableErrors('spec.selector', spec['selector'], before['selector']),
    ...(isSuspendedWell(old) ? [] : immutableErrors('spec.template', spec['template'], before['template'])),
    ...FIXED.flatMap((name) => immutableErrors(`spec.${name}`, spec[name], before[name])),
  ];
}

function completionsErrors(spec: Fields, before: Fields): FieldError[] {
  const isElastic = spec['completionMode'] === 'Indexed' && spec['completions'] === spec['parallelism'];
  if (isElastic || isDeepStrictEqual(spec['completions'], before['completions'])) return [];
  return immutableErrors('spec.completions', spec['completions'], before['completions']);
}

/** A Job that is suspended and runs nothing may change where its Pods will go. */
function isSuspendedWell(job: ApiObject): boolean {
  const { suspend } = fieldsOf(job['spec']);
  const { startTime, active, conditions } = fieldsOf(job['status']);
  if (suspend !== true || active) return false;
  const stopped = listOf(conditions).some(({ type, status }) => textOf(type) === 'Suspended' && status === 'True');
  return startTime === undefined || stopped;
}
