import type { FieldError } from '../../../api-error.js';
import { duplicate, invalidValue, notSupported, required } from '../../../schema/field-errors.js';
import { numberOf, textOf, type Fields } from '../access.js';
import { choiceErrors, selectorErrors } from '../shared-rules.js';
import { matchKeyErrors } from './affinity.js';

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES = ['Honor', 'Ignore'];

/** Errors of how a Pod and those like it are spread. */
export const spreadErrors = (constraints: readonly Fields[], field: string): FieldError[] =>
  constraints.flatMap((constraint, index) => {
    const at = `${field}[${index}]`;
    const { topologyKey, whenUnsatisfiable } = constraint;
    const isRepeated = constraints
      .slice(index + 1)
      .some((other) => other['topologyKey'] === topologyKey && other['whenUnsatisfiable'] === whenUnsatisfiable);
    const pair = `{${textOf(topologyKey)}, ${textOf(whenUnsatisfiable)}}`;
    return [
      ...positiveErrors(constraint['maxSkew'] ?? 0, `${at}.maxSkew`),
      ...(topologyKey ? [] : [required(`${at}.topologyKey`, 'can not be empty')]),
      ...(ACTIONS.includes(textOf(whenUnsatisfiable))
        ? []
        : [notSupported(`${at}.whenUnsatisfiable`, textOf(whenUnsatisfiable), ACTIONS)]),
      ...(isRepeated ? [duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair)] : []),
      ...domainErrors(constraint, `${at}.minDomains`),
      ...choiceErrors(constraint, at, { nodeAffinityPolicy: POLICIES, nodeTaintsPolicy: POLICIES }),
      ...matchKeyErrors(constraint, at),
      ...selectorErrors(constraint['labelSelector'], `${at}.labelSelector`),
    ];
  });

function positiveErrors(value: unknown, field: string): FieldError[] {
  const isPositive = (numberOf(value) ?? 0) > 0;
  return isPositive ? [] : [invalidValue(field, value, 'must be greater than zero')];
}

function domainErrors({ minDomains, whenUnsatisfiable }: Fields, field: string): FieldError[] {
  if (minDomains == null) return [];
  const errors = positiveErrors(minDomains, field);
  if (whenUnsatisfiable === 'DoNotSchedule') return errors;
  const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${textOf(whenUnsatisfiable)}`;
  return [...errors, invalidValue(field, minDomains, detail)];
}
