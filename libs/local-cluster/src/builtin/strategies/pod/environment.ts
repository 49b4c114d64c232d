import type { FieldError } from '../../../api-error.js';
import { invalidFor, invalidValue, required } from '../../../schema/field-errors.js';
import { fieldsOf, textOf, type Fields } from '../access.js';
import { configKeyFaults, labelFaults, subdomainFaults } from '../names.js';
import { ENV_FIELDS, fieldRefErrors, resourceRefErrors } from './field-references.js';
import { backstepErrors } from './paths.js';

type Rule = (source: Fields, field: string) => FieldError[];

const keyErrors: Rule = ({ name, key }, field) => [
  ...invalidFor(`${field}.name`, textOf(name), subdomainFaults(textOf(name))),
  ...(key ? invalidFor(`${field}.key`, key, configKeyFaults(textOf(key))) : [required(`${field}.key`)]),
];

const fileErrors: Rule = ({ key, volumeName, path }, field) => [
  ...(key ? variableErrors(textOf(key), `${field}.key`) : [required(`${field}.key`)]),
  ...(volumeName
    ? invalidFor(`${field}.volumeName`, volumeName, labelFaults(textOf(volumeName)))
    : [required(`${field}.volumeName`)]),
  ...(path ? backstepErrors(textOf(path), `${field}.path`) : [required(`${field}.path`)]),
];

/** Where a variable's value may come from, in the order the rules are asked. */
const SOURCES: Readonly<Record<string, Rule>> = {
  fieldRef: (source, field) => fieldRefErrors(source, field, ENV_FIELDS),
  resourceFieldRef: (source, field) => resourceRefErrors(source, field, false),
  configMapKeyRef: keyErrors,
  secretKeyRef: keyErrors,
  fileKeyRef: fileErrors,
};

/** Errors of one of a container's `env`. */
export const envErrors: Rule = (variable, field) => [
  ...(variable['name'] ? variableErrors(textOf(variable['name']), `${field}.name`) : [required(`${field}.name`)]),
  ...(variable['valueFrom'] == null ? [] : sourceErrors(variable, `${field}.valueFrom`)),
];

function sourceErrors(variable: Fields, field: string): FieldError[] {
  const from = fieldsOf(variable['valueFrom']);
  const given = Object.keys(SOURCES).filter((name) => from[name] != null);
  const errors = given.flatMap((name) => SOURCES[name]?.(fieldsOf(from[name]), `${field}.${name}`) ?? []);
  return [...errors, ...countErrors(given.length, variable['value'], field)];
}

function countErrors(count: number, value: unknown, field: string): FieldError[] {
  const known = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
  if (count === 0) return [invalidValue(field, '', `must specify one of: ${known}`)];
  if (value) return [invalidValue(field, '', 'may not be specified when `value` is not empty')];
  return count === 1 ? [] : [invalidValue(field, '', 'may not have more than one field specified at a time')];
}

/** Errors of a container's `envFrom`, at `field`, by its index; some are told of the whole list. */
export function envFromErrors(source: Fields, field: string, index: number): FieldError[] {
  const at = `${field}[${index}]`;
  const given = ['configMapRef', 'secretRef'].filter((name) => source[name] != null);
  const errors = given.flatMap((name) => referenceErrors(fieldsOf(source[name]), `${at}.${name}`));
  if (source['prefix']) errors.unshift(...variableErrors(textOf(source['prefix']), `${at}.prefix`));
  if (given.length === 0) errors.push(invalidValue(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
  if (given.length > 1) errors.push(invalidValue(field, '', 'may not have more than one field specified at a time'));
  return errors;
}

/** A name may end with a dash here, as that of an object which is yet to get a suffix. */
const referenceErrors: Rule = ({ name }, field) =>
  name
    ? invalidFor(`${field}.name`, name, subdomainFaults(textOf(name).replace(/(?<=.)-$/, 'a')))
    : [required(`${field}.name`)];

const PRINTABLE = /^[\x20-\x3c\x3e-\x7e]*$/;

function variableErrors(name: string, field: string): FieldError[] {
  const why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return PRINTABLE.test(name) ? [] : [invalidValue(field, name, why)];
}
