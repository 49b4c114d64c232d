import type { FieldError } from '../../api-error.js';
import type { ApiObject } from '../../api-object.js';
import { invalidValue } from '../../schema/field-errors.js';
import { fieldsOf, numberOf, type Fields } from './access.js';
import { countErrors } from './shared-rules.js';

export function validateDeploymentStatus(deployment: ApiObject, old: ApiObject): FieldError[] {
  const status = fieldsOf(deployment['status']);
  const [next, before] = [numberOf(status['collisionCount']), numberOf(fieldsOf(old['status'])['collisionCount'])];
  const isLess = before !== undefined && (next ?? -1) < before;
  return [
    ...countErrors(status, 'status', [
      'observedGeneration',
      'replicas',
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'collisionCount',
    ]),
    ...partErrors(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas']),
    ...(isLess ? [invalidValue('status.collisionCount', next ?? 0, 'cannot be decremented')] : []),
  ];
}

export function validateReplicaSetStatus(set: ApiObject): FieldError[] {
  const status = fieldsOf(set['status']);
  return [
    ...countErrors(status, 'status', [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'observedGeneration',
      'terminatingReplicas',
    ]),
    ...partErrors(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  ];
}

/** No more are ready than there are, and no more are available than are ready. */
function partErrors(status: Fields, parts: readonly string[]): FieldError[] {
  const count = (name: string): number => numberOf(status[name]) ?? 0;
  const more = (part: string, whole: string, shown: string): FieldError[] =>
    count(part) > count(whole) ? [invalidValue(`status.${part}`, count(part), `cannot be greater than ${shown}`)] : [];
  return [
    ...parts.flatMap((part) => more(part, 'replicas', 'status.replicas')),
    ...more('availableReplicas', 'readyReplicas', 'readyReplicas'),
  ];
}
