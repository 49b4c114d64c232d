import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { selects, type LabelSelector } from '../../label-selector.js';
import { forbiddenField, invalidValue, notSupported, required } from '../../schema/field-errors.js';
import { fieldsOf, hasFields, listOf, numberOf, textOf, type Fields } from './access.js';
import { immutableErrors } from './metadata.js';
import { amountOf, shareErrors, wholeErrors } from './percent.js';
import { templateErrors } from './pod/pod-rules.js';
import { countErrors, selectorErrors } from './shared-rules.js';

export function validateDeployment(deployment: ApiObject): FieldError[] {
  const spec = fieldsOf(deployment['spec']);
  const deadline = numberOf(spec['progressDeadlineSeconds']);
  const isShort = deadline !== undefined && deadline <= (numberOf(spec['minReadySeconds']) ?? 0);
  const field = 'spec.progressDeadlineSeconds';
  return [
    ...countErrors(spec, 'spec', ['replicas']),
    ...ownSelectorErrors(spec),
    ...strategyErrors(fieldsOf(spec['strategy'])),
    ...countErrors(spec, 'spec', ['minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds']),
    ...(isShort ? [invalidValue(field, deadline, 'must be greater than minReadySeconds')] : []),
  ];
}

export function validateReplicaSet(set: ApiObject): FieldError[] {
  const spec = fieldsOf(set['spec']);
  return [...countErrors(spec, 'spec', ['replicas', 'minReadySeconds']), ...ownSelectorErrors(spec)];
}

export const validateSelectorUpdate = (object: ApiObject, old: ApiObject): FieldError[] =>
  immutableErrors('spec.selector', fieldsOf(object['spec'])['selector'], fieldsOf(old['spec'])['selector']);

/** A rollout has room to move in. */
function strategyErrors({ type, rollingUpdate }: Fields): FieldError[] {
  const field = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return rollingUpdate == null ? [] : [forbiddenField(field, detail)];
  }
  const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
  if (type !== 'RollingUpdate') return [notSupported('spec.strategy', shown, ['Recreate', 'RollingUpdate'])];
  const { maxUnavailable, maxSurge } = fieldsOf(rollingUpdate);
  const isStuck = amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0;
  return [
    ...shareErrors(maxUnavailable, `${field}.maxUnavailable`),
    ...shareErrors(maxSurge, `${field}.maxSurge`),
    ...(isStuck ? [invalidValue(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')] : []),
    ...wholeErrors(maxUnavailable, `${field}.maxUnavailable`),
  ];
}

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Errors of the selector, and of the template that it has to select. */
function ownSelectorErrors(spec: Fields): FieldError[] {
  const { selector } = spec;
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const expressions = listOf(matchExpressions);
  const errors = selector == null ? [required('spec.selector')] : selectorErrors(selector, 'spec.selector');
  if (selector != null && !hasFields(matchLabels) && expressions.length === 0)
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  const isUnusable = expressions.some(({ operator }) => !OPERATORS.includes(textOf(operator)));
  return isUnusable
    ? [...errors, invalidValue('spec.selector', selector, 'invalid label selector')]
    : [...errors, ...podTemplateErrors(spec)];
}

function podTemplateErrors(spec: Fields): FieldError[] {
  const template = fieldsOf(spec['template']);
  const { labels } = fieldsOf(template['metadata']);
  const { restartPolicy, activeDeadlineSeconds } = fieldsOf(template['spec']);
  const errors = templateErrors(template, 'spec.template');
  if (!selectsLabels(spec['selector'], labels)) errors.unshift(unselectedError(labels));
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

export const unselectedError = (labels: unknown): FieldError =>
  invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`');

/** Whether the selector of an object, unchecked as yet, takes these labels; one that is absent takes none. */
export const selectsLabels = (selector: unknown, labels: unknown): boolean =>
  selects(selector as LabelSelector | null | undefined, fieldsOf(labels) as Record<string, string>);
