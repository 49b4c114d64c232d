import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { invalidValue, notSupported, required, tooLong } from '../../schema/field-errors.js';
import { fieldsOf, numberOf, textOf, type Fields } from './access.js';
import { failurePolicyErrors, goFailurePolicy, goSuccessPolicy, successPolicyErrors } from './job-policy-rules.js';
import { validateJobTemplateUpdate } from './job-template-rules.js';
import { immutableErrors } from './metadata.js';
import { labelFaults } from './names.js';
import { templateErrors } from './pod/pod-rules.js';
import { choiceErrors, countErrors, selectorErrors } from './shared-rules.js';
import { selectsLabels, unselectedError } from './workload-rules.js';

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];
const MAX_MANAGER_BYTES = 63;
const MAX_INDEXES = 100_000;
const MAX_OF_MANY = 10_000;

export function validateJob(job: ApiObject): FieldError[] {
  const spec = fieldsOf(job['spec']);
  const { selector, template } = spec;
  const { labels } = fieldsOf(fieldsOf(template)['metadata']);
  return [
    ...wayErrors(spec),
    ...templateErrors(fieldsOf(template), 'spec.template'),
    ...restartErrors(spec),
    ...(selector == null ? [required('spec.selector')] : selectorErrors(selector, 'spec.selector')),
    ...(selectsLabels(selector, labels) ? [] : [unselectedError(labels)]),
  ];
}

const wayErrors = (spec: Fields): FieldError[] => [
  ...countErrors(spec, 'spec', COUNTS),
  ...(spec['maxFailedIndexes'] != null && spec['backoffLimitPerIndex'] == null
    ? [required('spec.backoffLimitPerIndex', 'when maxFailedIndexes is specified')]
    : []),
  ...managerErrors(spec['managedBy'], 'spec.managedBy'),
  ...choiceErrors(spec, 'spec', { completionMode: ['NonIndexed', 'Indexed'] }),
  ...(spec['completionMode'] === 'Indexed' ? indexedErrors(spec) : []),
  ...(spec['completionMode'] === 'NonIndexed' ? plainErrors(spec) : []),
  ...(spec['podFailurePolicy'] == null ? [] : failurePolicyErrors(spec, 'spec.podFailurePolicy')),
  ...(spec['successPolicy'] == null ? [] : successErrors(spec)),
  ...choiceErrors(spec, 'spec', {
    podReplacementPolicy: spec['podFailurePolicy'] == null ? ['Failed', 'TerminatingOrFailed'] : ['Failed'],
  }),
];

function managerErrors(manager: unknown, field: string): FieldError[] {
  if (manager == null) return [];
  const name = textOf(manager);
  const [domain, path] = name.split(/\/(.*)/s);
  const isPath = Boolean(domain) && Boolean(path);
  const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
  return [
    ...(isPath ? [] : [invalidValue(field, name, detail)]),
    ...(Buffer.byteLength(name) > MAX_MANAGER_BYTES ? [tooLong(field, MAX_MANAGER_BYTES)] : []),
  ];
}

/** A limit of a Job that counts its Pods: which field, how many at most, and why. */
type Limit = readonly [name: string, most: number, why: string];

function indexedErrors(spec: Fields): FieldError[] {
  const completions = numberOf(spec['completions']);
  const isMany = completions !== undefined && completions > MAX_INDEXES && spec['backoffLimitPerIndex'] != null;
  const many = `when completions are above ${MAX_INDEXES} and used with backoff limit per index`;
  const limits: readonly Limit[] = [
    ['parallelism', MAX_INDEXES, `${MAX_INDEXES} when completion mode is Indexed`],
    ['maxFailedIndexes', completions ?? Infinity, 'completions'],
    ['maxFailedIndexes', MAX_INDEXES, `${MAX_INDEXES}`],
    ['parallelism', isMany ? MAX_OF_MANY : Infinity, `${MAX_OF_MANY} ${many}`],
    ['maxFailedIndexes', isMany ? MAX_OF_MANY : Infinity, `${MAX_OF_MANY} ${many}`],
  ];
  return [
    ...(completions === undefined ? [required('spec.completions', 'when completion mode is Indexed')] : []),
    ...(isMany && spec['maxFailedIndexes'] == null
      ? [required('spec.maxFailedIndexes', `must be specified when completions is above ${MAX_INDEXES}`)]
      : []),
    ...limits.flatMap(([name, most, why]) => {
      const value = numberOf(spec[name]) ?? 0;
      return value > most ? [invalidValue(`spec.${name}`, value, `must be less than or equal to ${why}`)] : [];
    }),
  ];
}

const plainErrors = (spec: Fields): FieldError[] =>
  ['backoffLimitPerIndex', 'maxFailedIndexes'].flatMap((name) =>
    spec[name] == null ? [] : [invalidValue(`spec.${name}`, spec[name], 'requires indexed completion mode')],
  );

function successErrors(spec: Fields): FieldError[] {
  const { completionMode, successPolicy } = spec;
  if (completionMode === 'Indexed') return successPolicyErrors(spec, 'spec.successPolicy');
  return [invalidValue('spec.successPolicy', goSuccessPolicy(successPolicy), 'requires indexed completion mode')];
}

function restartErrors(spec: Fields): FieldError[] {
  const field = 'spec.template.spec.restartPolicy';
  const { restartPolicy } = fieldsOf(fieldsOf(spec['template'])['spec']);
  if (restartPolicy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')];
  if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    return [notSupported(field, restartPolicy, ['OnFailure', 'Never'])];
  if (spec['podFailurePolicy'] == null || restartPolicy === 'Never') return [];
  return [invalidValue(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')];
}

/** What the server made of a new Job is what its Pods will be found by. */
export function validateJobCreate(job: ApiObject): FieldError[] {
  const { metadata } = job;
  const { manualSelector, selector, template, completionMode, completions } = fieldsOf(job['spec']);
  const last = (numberOf(completions) ?? 0) - 1;
  const hostname = `${metadata.name}-${last}`;
  const isLong = completionMode === 'Indexed' && last >= 0 && labelFaults(hostname).length > 0;
  const detail = `will not able to create pod with invalid DNS label: ${hostname}`;
  return [
    ...(manualSelector === true || selector == null ? [] : generatedErrors(job, selector, fieldsOf(template))),
    ...(isLong ? [invalidValue('metadata.name', metadata.name, detail)] : []),
  ];
}

function generatedErrors({ metadata }: ApiObject, selector: unknown, template: Fields): FieldError[] {
  const uid = metadata.uid ?? '';
  const expected = {
    'controller-uid': uid,
    'job-name': metadata.name,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name,
  };
  const labels = fieldsOf(fieldsOf(template['metadata'])['labels']);
  return [
    ...Object.entries(expected).flatMap(([key, value]) =>
      labels[key] === value ? [] : [labelError(key, value, labels)],
    ),
    ...(selectsLabels(selector, expected)
      ? []
      : [invalidValue('spec.selector', selector, '`selector` not auto-generated')]),
  ];
}

const labelError = (key: string, value: string, labels: Fields): FieldError =>
  invalidValue(`spec.template.metadata.labels[${key}]`, labels, `must be '${value}'`);

/** Only parallelism, suspension and the times of a Job change, and the place of one that has not begun. */
export function validateJobUpdate(job: ApiObject, old: ApiObject): FieldError[] {
  const spec = fieldsOf(job['spec']);
  const before = fieldsOf(old['spec']);
  return [
    ...completionsErrors(spec, before),
    ...immutableErrors('spec.selector', spec['selector'], before['selector']),
    ...validateJobTemplateUpdate(job, old),
    ...immutableErrors('spec.completionMode', spec['completionMode'], before['completionMode']),
    ...policyErrors('podFailurePolicy', spec, before, goFailurePolicy),
    ...immutableErrors('spec.backoffLimitPerIndex', spec['backoffLimitPerIndex'], before['backoffLimitPerIndex']),
    ...immutableErrors('spec.managedBy', spec['managedBy'], before['managedBy']),
    ...policyErrors('successPolicy', spec, before, goSuccessPolicy),
  ];
}

const policyErrors = (name: string, spec: Fields, before: Fields, shown: (policy: unknown) => unknown): FieldError[] =>
  isDeepStrictEqual(spec[name] ?? undefined, before[name] ?? undefined)
    ? []
    : [invalidValue(`spec.${name}`, spec[name] == null ? null : shown(spec[name]), 'field is immutable')];

function completionsErrors(spec: Fields, before: Fields): FieldError[] {
  const { completions, completionMode, parallelism } = spec;
  if (completionMode !== 'Indexed') return immutableErrors('spec.completions', completions, before['completions']);
  if (completions === before['completions'] || completions == null || completions === parallelism) return [];
  return [invalidValue('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')];
}
