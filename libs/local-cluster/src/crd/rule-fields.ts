import type { FieldError } from '../api-error.js';
import { invalidValue, notSupported, required } from '../schema/field-errors.js';
import type { Schema, ValidationRule } from '../schema/schema.js';
import { fieldAt } from './field-path.js';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const BREAK = /[\n\r]/;

/** What is wrong with the fields of `x-kubernetes-validations`, the expressions themselves aside. */
export const ruleFieldErrors = (schema: Schema, path: string): FieldError[] =>
  (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) => {
    const at = `${path}.x-kubernetes-validations[${index}]`;
    return [...textErrors(rule, at), ...messageErrors(rule, at), ...pathErrors(schema, rule, at)];
  });

function textErrors({ rule = '', message = '' }: ValidationRule, at: string): FieldError[] {
  const said = message.trim();
  if (rule.trim() === '') return [required(`${at}.rule`, 'rule is not specified')];
  if (message !== '' && said === '') return [invalidValue(`${at}.message`, message, 'must be non-empty if specified')];
  if (BREAK.test(said)) return [invalidValue(`${at}.message`, message, 'must not contain line breaks')];
  return BREAK.test(rule.trim()) && said === ''
    ? [required(`${at}.message`, 'message must be specified if rule contains line breaks')]
    : [];
}

function messageErrors({ messageExpression = '', reason }: ValidationRule, at: string): FieldError[] {
  return [
    ...(messageExpression !== '' && messageExpression.trim() === ''
      ? [required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified')]
      : []),
    ...(reason === undefined || REASONS.includes(reason) ? [] : [notSupported(`${at}.reason`, reason, REASONS)]),
  ];
}

function pathErrors(schema: Schema, { fieldPath = '' }: ValidationRule, at: string): FieldError[] {
  const wrong = (rule: string): FieldError => invalidValue(`${at}.fieldPath`, fieldPath, rule);
  if (fieldPath === '') return [];
  return [
    ...(fieldPath.trim() === '' ? [wrong('must be non-empty if specified')] : []),
    ...(BREAK.test(fieldPath) ? [wrong('must not contain line breaks')] : []),
    ...(typeof fieldAt(schema, fieldPath) === 'string' ? [wrong('must be a valid path')] : []),
  ];
}
