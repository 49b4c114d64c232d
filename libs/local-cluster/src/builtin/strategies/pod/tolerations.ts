import type { FieldError } from '../../../api-error.js';
import { labelKeyFaults, labelValueFaults } from '../../../rest/label-rules.js';
import { invalidFor, invalidValue, notSupported } from '../../../schema/field-errors.js';
import { textOf, type Fields } from '../access.js';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Errors of what a Pod bears of its node. */
export const tolerationErrors = (tolerations: readonly Fields[], field: string): FieldError[] =>
  tolerations.flatMap((toleration, index) => {
    const at = `${field}[${index}]`;
    return [...keyErrors(toleration, at), ...valueErrors(toleration, at), ...effectErrors(toleration, at)];
  });

function keyErrors({ key, operator, effect, tolerationSeconds }: Fields, field: string): FieldError[] {
  const errors = key ? invalidFor(`${field}.key`, key, labelKeyFaults(textOf(key))) : [];
  if (!key && operator !== 'Exists') {
    const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalidValue(`${field}.operator`, textOf(operator), detail));
  }
  if (tolerationSeconds != null && effect !== 'NoExecute') {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalidValue(`${field}.effect`, textOf(effect), detail));
  }
  return errors;
}

function valueErrors({ operator, value }: Fields, field: string): FieldError[] {
  const at = `${field}.operator`;
  const text = textOf(value);
  switch (textOf(operator)) {
    case '':
    case 'Equal': {
      const faults = labelValueFaults(text);
      return faults.length === 0 ? [] : [invalidValue(at, text, faults.join(';'))];
    }
    case 'Exists':
      return text === '' ? [] : [invalidValue(at, text, "value must be empty when `operator` is 'Exists'")];
    case 'Lt':
    case 'Gt':
      return [notSupported(at, operator, ['Equal', 'Exists', 'Lt', 'Gt'])];
    default:
      return [notSupported(at, operator, ['Equal', 'Exists'])];
  }
}

const effectErrors = ({ effect }: Fields, field: string): FieldError[] =>
  !effect || EFFECTS.includes(textOf(effect)) ? [] : [notSupported(`${field}.effect`, effect, EFFECTS)];
