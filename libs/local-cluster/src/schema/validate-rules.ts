import type { FieldError } from '../api-error.js';
import { compileRule, usesOldSelf } from './cel/compile.js';
import type { Variables } from './cel/compile.js';
import { optional } from './cel/functions.js';
import { celValue } from './cel/values.js';
import type { Old } from './correlation.js';
import { isUnchanged, oldOfField, oldOfItem } from './correlation.js';
import { schemaOfField } from './defaults.js';
import { duplicate, forbiddenField, invalidValue, required } from './field-errors.js';
import { isJsonObject } from './json.js';
import type { JsonObject } from './json.js';
import type { Schema, ValidationRule } from './schema.js';
import { childPath } from './validate-lists.js';

const MAX_MESSAGE_BYTES = 5 * 1024;

/** A value with its place and what it replaces. */
interface Subject {
  readonly schema: Schema;
  readonly value: unknown;
  readonly path: string;
  readonly old: Old | undefined;
}

/**
 * Which CEL rules (`x-kubernetes-validations`) an object breaks. Rules on `oldSelf` hold where there is an old value;
 * other rules are forgiven to values that the update leaves alone.
 */
export function validateRules(schema: Schema, object: unknown, old?: unknown): FieldError[] {
  return check({ schema, value: object, path: '', old: old === undefined ? undefined : { value: old } });
}

function check(subject: Subject): FieldError[] {
  const { schema, value } = subject;
  if (value === null || value === undefined || !hasRules(schema)) return [];
  const own = schema['x-kubernetes-validations']?.length ? ownErrors(subject) : [];
  if (Array.isArray(value)) return [...own, ...inItems(subject, value)];
  return isJsonObject(value) ? [...own, ...inFields(subject, value)] : own;
}

const withRules = new WeakMap<Schema, boolean>();

/** Whether there is a rule in a schema, anywhere; told once. */
function hasRules(schema: Schema): boolean {
  const known = withRules.get(schema);
  if (known !== undefined) return known;
  withRules.set(schema, false);
  const { items, properties = {}, additionalProperties } = schema;
  const found =
    (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
    (items !== undefined && hasRules(items)) ||
    (typeof additionalProperties === 'object' && hasRules(additionalProperties)) ||
    Object.values(properties).some(hasRules);
  withRules.set(schema, found);
  return found;
}

function inItems({ schema, path, old }: Subject, list: readonly unknown[]): FieldError[] {
  const { items } = schema;
  if (!items) return [];
  return list.flatMap((value, index) =>
    check({ schema: items, value, path: `${path}[${index}]`, old: oldOfItem(schema, old, value) }),
  );
}

function inFields({ schema, path, old }: Subject, object: JsonObject): FieldError[] {
  return Object.entries(object).flatMap(([field, value]) => {
    const of = schemaOfField(schema, field);
    return of ? check({ schema: of, value, path: childPath(schema, path, field), old: oldOfField(old, field) }) : [];
  });
}

function ownErrors(subject: Subject): FieldError[] {
  const { schema, value, old } = subject;
  const self = celValue(schema, value);
  const before = old === undefined || old.value === null ? undefined : celValue(schema, old.value);
  const unchanged = isUnchanged(old, value);
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => {
    const comparesOld = usesOldSelf(rule.rule);
    if (comparesOld ? before === undefined && rule.optionalOldSelf !== true : unchanged) return [];
    const oldSelf = rule.optionalOldSelf === true ? optional(before) : before;
    return ruleError(rule, subject, { self, ...(oldSelf !== undefined && { oldSelf }) }) ?? [];
  });
}

function ruleError(
  rule: ValidationRule,
  { schema, value, path }: Subject,
  variables: Variables,
): FieldError | undefined {
  const { type = '' } = schema;
  const compiled = compileRule(rule.rule);
  if (compiled instanceof Error) return invalidValue(path, type, `rule compile error: ${compiled.message}`);
  try {
    if (compiled(variables) === true) return undefined;
  } catch (error) {
    return invalidValue(path, type, evaluationError(rule, error));
  }
  const at = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '');
  return broken(rule, at, value, messageOf(rule, variables));
}

function evaluationError(rule: ValidationRule, error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return why.startsWith('no such overload')
    ? `'${why}': call arguments did not match a supported operator, function or macro signature for rule: ${nameOf(rule)}`
    : `${why} evaluating rule: ${nameOf(rule)}`;
}

const nameOf = ({ message = '', rule }: ValidationRule): string => (message === '' ? rule : message).trim();

function broken({ reason }: ValidationRule, path: string, value: unknown, detail: string): FieldError {
  if (reason === 'FieldValueForbidden') return forbiddenField(path, detail);
  if (reason === 'FieldValueRequired') return required(path, detail);
  const isWhole = typeof value === 'object';
  if (reason === 'FieldValueDuplicate')
    return isWhole ? { ...duplicate(path, ''), message: `Duplicate value` } : duplicate(path, value);
  return isWhole
    ? { ...invalidValue(path, '', ''), message: `Invalid value: ${detail}` }
    : invalidValue(path, value, detail);
}

/** What the rule's author says of it, computed or fixed. */
function messageOf(rule: ValidationRule, variables: Variables): string {
  const { message = '', messageExpression = '' } = rule;
  const computed = messageExpression === '' ? undefined : computedMessage(messageExpression, variables);
  if (computed !== undefined) return computed;
  return message === '' ? `failed rule: ${rule.rule.trim()}` : message.trim();
}

/** One line of text, or undefined where the expression fails at it. */
function computedMessage(expression: string, variables: Variables): string | undefined {
  const compiled = compileRule(expression);
  if (compiled instanceof Error) return undefined;
  try {
    const value = compiled(variables);
    const text = typeof value === 'string' ? value.trim() : '';
    const isUsable = text !== '' && !text.includes('\n') && Buffer.byteLength(text) <= MAX_MESSAGE_BYTES;
    return isUsable ? text : undefined;
  } catch {
    return undefined;
  }
}
