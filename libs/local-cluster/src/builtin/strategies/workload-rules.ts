import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { fieldsOf, hasFields, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { invalidValue, forbiddenField, notSupported, required } from '../../schema/field-errors.js';
import { immutableErrors } from './metadata.js';
import { templateErrors } from './pod/pod-rules.js';
import { countErrors } from './shared-rules.js';

export function validateDeployment(deployment: ApiObject): FieldError[] {
  const spec = fieldsOf(deployment['spec']);
  const deadline = numberOf(spec['progressDeadlineSeconds']);
  const isShort = deadline !== undefined && deadline <= (numberOf(spec['minReadySeconds']) ?? 0);
  const field = 'spec.progressDeadlineSeconds';
  return [
    ...countErrors(spec, 'spec', ['replicas']),
    ...selectorErrors(spec, 'deployment'),
    ...podTemplateErrors(spec),
    ...countErrors(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
    ...(isShort ? [invalidValue(field, deadline, 'must be greater than minReadySeconds')] : []),
  ];
}

export function validateReplicaSet(set: ApiObject): FieldError[] {
  const spec = fieldsOf(set['spec']);
  return [
    ...countErrors(spec, 'spec', ['replicas', 'minReadySeconds']),
    ...selectorErrors(spec, 'deployment'),
    ...podTemplateErrors(spec),
  ];
}

export const validateSelectorUpdate = (object: ApiObject, old: ApiObject): FieldError[] =>
  immutableErrors('spec.selector', fieldsOf(object['spec'])['selector'], fieldsOf(old['spec'])['selector']);

function selectorErrors({ selector }: Fields, kind: string): FieldError[] {
  if (selector == null) return [required('spec.selector')];
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  if (hasFields(matchLabels) || listOf(matchExpressions).length > 0) return [];
  return [invalidValue('spec.selector', selector, `empty selector is invalid for ${kind}`)];
}

function podTemplateErrors(spec: Fields): FieldError[] {
  const template = fieldsOf(spec['template']);
  const { labels } = fieldsOf(template['metadata']);
  const { restartPolicy, activeDeadlineSeconds } = fieldsOf(template['spec']);
  const errors = templateErrors(template, 'spec.template');
  if (!matches(fieldsOf(spec['selector']), fieldsOf(labels)))
    errors.unshift(
      invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  if (restartPolicy !== 'Always')
    errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  if (activeDeadlineSeconds != null)
    errors.push(
      forbiddenField(
        'spec.template.spec.activeDeadlineSeconds',
        'activeDeadlineSeconds in ReplicaSet is not Supported',
      ),
    );
  return errors;
}

/** Whether a selector of an object (not of a query) takes these labels. */
function matches({ matchLabels, matchExpressions }: Fields, labels: Fields): boolean {
  const equal = Object.entries(fieldsOf(matchLabels)).every(([key, value]) => labels[key] === value);
  return equal && listOf(matchExpressions).every((expression) => meets(expression, labels));
}

function meets({ key, operator, values }: Fields, labels: Fields): boolean {
  const value = labels[textOf(key)];
  const isAmong = value !== undefined && textsOf(values).includes(textOf(value));
  if (operator === 'In') return isAmong;
  if (operator === 'NotIn') return !isAmong;
  return operator === 'Exists' ? value !== undefined : value === undefined;
}
