import type { FieldError } from '../../api-error.js';
import { labelKeyFaults } from '../../rest/label-rules.js';
import {
  duplicate,
  invalidFor,
  invalidValue,
  notSupported,
  required,
  tooMany,
  wrong,
} from '../../schema/field-errors.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from './access.js';
import { inGo, type GoStruct } from './go-values.js';
import { countIndexes } from './job-indexes.js';
import { countErrors } from './shared-rules.js';

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];
const MAX_RULES = 20;
const MAX_VALUES = 255;

const FAILURE_POLICY: GoStruct = {
  rules: [
    {
      action: '',
      onExitCodes: { containerName: null, operator: '', values: null },
      onPodConditions: [{ type: '', status: '' }],
    },
  ],
};
const SUCCESS_POLICY: GoStruct = { rules: [{ succeededIndexes: null, succeededCount: null }] };

export const goFailurePolicy = (policy: unknown): Fields => inGo(policy, FAILURE_POLICY);
export const goSuccessPolicy = (policy: unknown): Fields => inGo(policy, SUCCESS_POLICY);

/** One of a few words; the error for none lists them as Go prints a list. */
function wordErrors(value: unknown, field: string, words: readonly string[]): FieldError[] {
  if (!value) return [required(field, `valid values: [${words.map((word) => JSON.stringify(word)).join(' ')}]`)];
  return words.includes(textOf(value)) ? [] : [notSupported(field, value, words)];
}

/** Errors of what becomes of a Job whose Pods fail. */
export function failurePolicyErrors(spec: Fields, field: string): FieldError[] {
  const rules = listOf(fieldsOf(spec['podFailurePolicy'])['rules']);
  const at = `${field}.rules`;
  return [
    ...(rules.length > MAX_RULES ? [tooMany(at, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => failureRuleErrors(rule, spec, `${at}[${index}]`)),
  ];
}

function failureRuleErrors(
  { action, onExitCodes, onPodConditions }: Fields,
  spec: Fields,
  field: string,
): FieldError[] {
  const conditions = listOf(onPodConditions);
  const isLost = action === 'FailIndex' && spec['backoffLimitPerIndex'] == null;
  const errors = [
    ...wordErrors(action, `${field}.action`, ACTIONS),
    ...(isLost ? [invalidValue(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set')] : []),
    ...(onExitCodes == null ? [] : exitCodeErrors(fieldsOf(onExitCodes), spec, `${field}.onExitCodes`)),
    ...conditionErrors(conditions, `${field}.onPodConditions`),
  ];
  if (onExitCodes != null && conditions.length > 0)
    errors.push(wrong(field, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (onExitCodes == null && conditions.length === 0)
    errors.push(wrong(field, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function exitCodeErrors({ operator, containerName, values }: Fields, spec: Fields, field: string): FieldError[] {
  const template = fieldsOf(fieldsOf(spec['template'])['spec']);
  const names = ['containers', 'initContainers'].flatMap((list) => listOf(template[list]).map(({ name }) => name));
  const detail = 'must be one of the container or initContainer names in the pod template';
  const isUnknown = containerName != null && !names.includes(containerName);
  return [
    ...wordErrors(operator, `${field}.operator`, OPERATORS),
    ...(isUnknown ? [invalidValue(`${field}.containerName`, containerName, detail)] : []),
    ...codeErrors(Array.isArray(values) ? values.map(Number) : [], operator, `${field}.values`),
  ];
}

function codeErrors(codes: readonly number[], operator: unknown, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (codes.length === 0) errors.push(invalidValue(field, null, 'at least one value is required'));
  if (codes.length > MAX_VALUES) errors.push(tooMany(field, codes.length, MAX_VALUES));
  codes.forEach((code, index) => {
    const at = `${field}[${index}]`;
    if (operator === 'In' && code === 0) errors.push(invalidValue(at, code, 'must not be 0 for the In operator'));
    if (codes.indexOf(code) < index) errors.push(duplicate(at, code));
  });
  const isOrdered = codes.every((code, index) => index === 0 || (codes[index - 1] ?? 0) <= code);
  return isOrdered ? errors : [...errors, invalidValue(field, codes, 'must be ordered')];
}

const conditionErrors = (patterns: readonly Fields[], field: string): FieldError[] => [
  ...(patterns.length > MAX_RULES ? [tooMany(field, patterns.length, MAX_RULES)] : []),
  ...patterns.flatMap(({ type, status }, index) => [
    ...invalidFor(`${field}[${index}].type`, textOf(type), labelKeyFaults(textOf(type))),
    ...wordErrors(status, `${field}[${index}].status`, STATUSES),
  ]),
];

/** Errors of when a Job has done enough. */
export function successPolicyErrors(spec: Fields, field: string): FieldError[] {
  const rules = listOf(fieldsOf(spec['successPolicy'])['rules']);
  const at = `${field}.rules`;
  const detail = 'at least one rules must be specified when the successPolicy is specified';
  return [
    ...(rules.length === 0 ? [required(at, detail)] : []),
    ...(rules.length > MAX_RULES ? [tooMany(at, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => successRuleErrors(rule, numberOf(spec['completions']) ?? 0, `${at}[${index}]`)),
  ];
}

function successRuleErrors(rule: Fields, completions: number, field: string): FieldError[] {
  const { succeededCount, succeededIndexes } = rule;
  if (succeededCount == null && succeededIndexes == null)
    return [required(field, 'at least one of succeededCount or succeededIndexes must be specified')];
  const found = succeededIndexes == null ? undefined : countIndexes(textOf(succeededIndexes), completions);
  const at = `${field}.succeededIndexes`;
  const errors =
    typeof found === 'string' ? [invalidValue(at, succeededIndexes, `error parsing succeededIndexes: ${found}`)] : [];
  const total = typeof found === 'string' ? 0 : found;
  return [
    ...errors,
    ...countErrors(rule, field, ['succeededCount']),
    ...tooHighErrors(rule, completions, total, field),
  ];
}

function tooHighErrors(
  { succeededCount }: Fields,
  completions: number,
  total: number | undefined,
  field: string,
): FieldError[] {
  const count = numberOf(succeededCount) ?? 0;
  const limits: readonly (readonly [number, string])[] = [
    [completions, 'the number of specified completions'],
    [total ?? Infinity, 'the number of indexes in the specified succeededIndexes field'],
  ];
  return limits.flatMap(([most, what]) =>
    count > most
      ? [invalidValue(`${field}.succeededCount`, count, `must be less than or equal to ${most} (${what})`)]
      : [],
  );
}
