import type { FieldError } from '../api-error.js';
import { invalidValue } from '../schema/field-errors.js';
import { compileRule, usesOldSelf } from '../schema/cel/compile.js';
import type { Schema, ValidationRule } from '../schema/schema.js';

/** CEL expressions of a schema that cannot be compiled, or that look at an old value where none can be told. */
export function ruleErrors(schema: Schema, path: string, uncorrelatable?: string): FieldError[] {
  const { items, properties = {}, additionalProperties } = schema;
  const isAtomic = schema['x-kubernetes-map-type'] === 'atomic';
  const isMap = schema['x-kubernetes-list-type'] === 'map';
  return [
    ...(schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) =>
      expressionErrors(rule, `${path}.x-kubernetes-validations[${index}]`, uncorrelatable),
    ),
    ...(typeof additionalProperties === 'object'
      ? ruleErrors(additionalProperties, `${path}.additionalProperties`, uncorrelatable)
      : []),
    ...Object.entries(properties).flatMap(([key, of]) =>
      ruleErrors(of, `${path}.properties[${key}]`, uncorrelatable ?? (isAtomic ? path : undefined)),
    ),
    ...(items ? ruleErrors(items, `${path}.items`, uncorrelatable ?? (isMap ? undefined : path)) : []),
  ];
}

function expressionErrors(rule: ValidationRule, path: string, uncorrelatable: string | undefined): FieldError[] {
  const old = usesOldSelf(rule.rule);
  const within = 'oldSelf cannot be used on the uncorrelatable portion of the schema within';
  return [
    ...compileErrors(rule, rule.rule, `${path}.rule`),
    ...(rule.messageExpression ? compileErrors(rule, rule.messageExpression, `${path}.messageExpression`) : []),
    ...(old && uncorrelatable !== undefined
      ? [invalidValue(`${path}.rule`, rule.rule, `${within} ${uncorrelatable}`)]
      : []),
    ...(!old && rule.optionalOldSelf !== undefined
      ? [invalidValue(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')]
      : []),
  ];
}

function compileErrors(rule: ValidationRule, expression: string, path: string): FieldError[] {
  const compiled = compileRule(expression);
  return compiled instanceof Error
    ? [invalidValue(path, shownRule(rule), `compilation failed: ERROR: ${compiled.message}`)]
    : [];
}

/** A rule as the API server's own form of it shows in errors. */
const shownRule = (rule: ValidationRule): unknown => ({
  Rule: rule.rule,
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
});
