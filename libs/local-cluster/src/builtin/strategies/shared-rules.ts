import type { FieldError } from '../../api-error.js';
import { forbiddenField, invalidFor, invalidValue, notSupported, required } from '../../schema/field-errors.js';
import { labelKeyFaults, labelValueFaults } from '../../rest/label-rules.js';
import { fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './access.js';
import { labelErrors } from './metadata.js';
import { labelFaults, portFaults, portNameFaults } from './names.js';

export const MAX_INT32 = 2_147_483_647;

export const between = (least: number, most: number): string => `must be between ${least} and ${most}, inclusive`;

/** A list's element has a name that is a DNS label. */
export const nameErrors = ({ name }: Fields, field: string): FieldError[] =>
  name ? invalidFor(`${field}.name`, name, labelFaults(textOf(name))) : [required(`${field}.name`)];

/** Fields that count something. */
export const countErrors = (object: Fields, field: string, names: readonly string[]): FieldError[] =>
  names.flatMap((name) => {
    const value = object[name];
    const isNegative = typeof value === 'number' && value < 0;
    return isNegative ? [invalidValue(`${field}.${name}`, value, 'must be greater than or equal to 0')] : [];
  });

/** Fields that say one of a few words, or nothing: names with what they may say, in the order errors tell it. */
export type Choices = Readonly<Record<string, readonly string[]>>;

export const choiceErrors = (object: Fields, field: string, choices: Choices): FieldError[] =>
  Object.entries(choices).flatMap(([name, supported]) => {
    const value = object[name];
    return value == null || supported.includes(textOf(value))
      ? []
      : [notSupported(`${field}.${name}`, value, supported)];
  });

/** The same where nothing is not enough. */
export const neededChoiceErrors = (object: Fields, field: string, choices: Choices): FieldError[] => [
  ...Object.keys(choices).flatMap((name) => (object[name] ? [] : [required(`${field}.${name}`)])),
  ...choiceErrors(Object.fromEntries(Object.entries(object).filter(([, value]) => value !== '')), field, choices),
];

/** Ids of users and groups. */
export const idErrors = (object: Fields, field: string, names: readonly string[]): FieldError[] =>
  names.flatMap((name) => idError(object[name], `${field}.${name}`));

export function idError(value: unknown, field: string): FieldError[] {
  const id = numberOf(value) ?? 0;
  return id >= 0 && id <= MAX_INT32 ? [] : [invalidValue(field, value, between(0, MAX_INT32))];
}

/** A port by its number or its name. */
export const portErrors = (port: unknown, field: string): FieldError[] =>
  typeof port === 'string'
    ? invalidFor(field, port, portNameFaults(port))
    : invalidFor(field, numberOf(port) ?? 0, portFaults(numberOf(port) ?? 0));

const SET_OPERATORS = ['In', 'NotIn'];
const PRESENCE_OPERATORS = ['Exists', 'DoesNotExist'];

/** Errors of a label selector that stands at `field`; nothing is wrong with one that is absent. */
export function selectorErrors(selector: unknown, field: string): FieldError[] {
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  return [
    ...labelErrors(matchLabels, `${field}.matchLabels`),
    ...listOf(matchExpressions).flatMap((expression, index) =>
      requirementErrors(expression, `${field}.matchExpressions[${index}]`),
    ),
  ];
}

/** Errors of one requirement that labels have to meet. */
export function requirementErrors(requirement: Fields, field: string): FieldError[] {
  const { operator, key } = requirement;
  const values = textsOf(requirement['values']);
  return [
    ...operatorErrors(textOf(operator), values.length, field),
    ...invalidFor(`${field}.key`, key, labelKeyFaults(textOf(key))),
    ...values.flatMap((value, index) => invalidFor(`${field}.values[${index}]`, value, labelValueFaults(value))),
  ];
}

function operatorErrors(operator: string, values: number, field: string): FieldError[] {
  if (SET_OPERATORS.includes(operator))
    return values > 0 ? [] : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  if (!PRESENCE_OPERATORS.includes(operator))
    return [invalidValue(`${field}.operator`, operator, 'not a valid selector operator')];
  const detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
  return values === 0 ? [] : [forbiddenField(`${field}.values`, detail)];
}

export const isTaken = <T>(items: readonly T[], index: number): boolean => items.indexOf(items[index] as T) < index;
