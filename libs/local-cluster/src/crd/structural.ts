import type { FieldError } from '../api-error.js';
import { forbiddenField, invalidValue, required } from '../schema/field-errors.js';
import { goRegExp } from '../schema/go-regexp.js';
import { sameJson } from '../schema/json.js';
import type { Schema } from '../schema/schema.js';

type Level = 'root' | 'item' | 'field';

const EMPTY_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/**
 * What keeps a CRD's schema from being structural, sorted:
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
 */
export function structuralErrors(schema: Schema, path: string): FieldError[] {
  const errors = [...invariants(schema, 'root', path), ...completeness(schema, schema, path, path)];
  const text = ({ field, message }: FieldError): string => `${field}: ${message}`;
  return errors.toSorted((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}

function invariants(schema: Schema, level: Level, path: string): FieldError[] {
  const { items, properties = {}, additionalProperties } = schema;
  return [
    ...(schema.type === 'array' && !items ? [required(`${path}.items`, 'must be specified')] : []),
    ...(items ? invariants(items, 'item', `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([key, of]) => invariants(of, 'field', `${path}.properties[${key}]`)),
    ...(additionalProperties !== undefined && level === 'root'
      ? [forbiddenField(`${path}.additionalProperties`, 'must not be used at the root')]
      : []),
    ...(typeof additionalProperties === 'object'
      ? invariants(additionalProperties, 'field', `${path}.additionalProperties`)
      : []),
    ...intOrStringErrors(schema, path),
    ...combinationErrors(withoutIntOrString(schema), path),
    ...typeErrors(schema, level, path),
    ...embeddedErrors(schema, path),
    ...metaErrors(schema, level, path),
  ];
}

function intOrStringErrors(schema: Schema, path: string): FieldError[] {
  if (!schema['x-kubernetes-int-or-string']) return [];
  const both = ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const;
  return both
    .filter((field) => schema[field] === true)
    .map((field) => invalidValue(`${path}.${field}`, true, 'must be false if x-kubernetes-int-or-string is true'));
}

const INT_OR_STRING: readonly Schema[] = [{ type: 'integer' }, { type: 'string' }];

/** The two ways in which int-or-string may say its types. */
function withoutIntOrString(schema: Schema): Schema {
  if (sameJson(schema.anyOf, INT_OR_STRING)) return { ...schema, anyOf: [] };
  const [first, ...others] = schema.allOf ?? [];
  if (!first || !sameJson(first.anyOf, INT_OR_STRING)) return schema;
  return { ...schema, allOf: [{ ...first, anyOf: [] }, ...others] };
}

function typeErrors(schema: Schema, level: Level, path: string): FieldError[] {
  const { type = '' } = schema;
  const field = `${path}.type`;
  const rule = 'must be object if x-kubernetes-embedded-resource is true';
  if (schema['x-kubernetes-embedded-resource'] === true && type !== 'object')
    return [type === '' ? required(field, rule) : invalidValue(field, type, rule)];
  if (type === '') return isTypeless(schema) ? [] : [required(field, EMPTY_TYPE[level])];
  return level === 'root' && type !== 'object' ? [invalidValue(field, type, 'must be object at the root')] : [];
}

const isTypeless = (schema: Schema): boolean =>
  schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;

function embeddedErrors(schema: Schema, path: string): FieldError[] {
  if (schema['x-kubernetes-embedded-resource'] !== true) return [];
  const isEmpty = Object.keys(schema.properties ?? {}).length === 0;
  return [
    ...(schema.additionalProperties === undefined
      ? []
      : [forbiddenField(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')]),
    ...(isEmpty && schema['x-kubernetes-preserve-unknown-fields'] !== true
      ? [
          required(
            `${path}.properties`,
            'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
          ),
        ]
      : []),
  ];
}

function metaErrors(schema: Schema, level: Level, path: string): FieldError[] {
  if (level !== 'root' && schema['x-kubernetes-embedded-resource'] !== true) return [];
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  return [
    ...textErrors(kind, `${path}.properties[kind].type`),
    ...textErrors(apiVersion, `${path}.properties[apiVersion].type`),
    ...(metadata ? metadataErrors(metadata, `${path}.properties[metadata]`, level) : []),
  ];
}

const textErrors = (schema: Schema | undefined, path: string): FieldError[] =>
  schema && schema.type !== 'string' ? [invalidValue(path, schema.type ?? '', 'must be string')] : [];

const NAMES: ReadonlySet<string> = new Set(['name', 'generateName']);

const IN_METADATA: ReadonlySet<string> = new Set(['type', 'properties', 'default', 'description']);

function metadataErrors(schema: Schema, path: string, level: Level): FieldError[] {
  const { type = '', properties = {} } = schema;
  const isMore =
    Object.keys(schema).some((field) => !IN_METADATA.has(field)) ||
    Object.keys(properties).some((name) => !NAMES.has(name));
  return [
    ...(type === 'object' ? [] : [invalidValue(`${path}.type`, type, 'must be object')]),
    ...(level === 'root' && isMore
      ? [
          forbiddenField(
            path,
            'must not specify anything other than name and generateName, but metadata is implicitly specified',
          ),
        ]
      : []),
  ];
}

function combinationErrors({ anyOf = [], allOf = [], oneOf = [], not, pattern }: Schema, path: string): FieldError[] {
  return [
    ...anyOf.flatMap((one, index) => nestedErrors(one, `${path}.anyOf[${index}]`)),
    ...allOf.flatMap((one, index) => nestedErrors(one, `${path}.allOf[${index}]`)),
    ...oneOf.flatMap((one, index) => nestedErrors(one, `${path}.oneOf[${index}]`)),
    ...(not ? nestedErrors(not, `${path}.not`) : []),
    ...patternErrors(pattern, `${path}.pattern`),
  ];
}

function patternErrors(pattern: string | undefined, path: string): FieldError[] {
  if (!pattern) return [];
  try {
    goRegExp(pattern);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [invalidValue(path, pattern, `must be a valid regular expression, but isn't: ${why}`)];
  }
}

/** What says something of a value's form has no place under a junctor. */
const NOT_NESTED: readonly (readonly [field: keyof Schema, rule: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function nestedErrors(schema: Schema, path: string): FieldError[] {
  const { items, properties = {} } = schema;
  return [
    ...combinationErrors(schema, path),
    ...(items ? nestedErrors(items, `${path}.items`) : []),
    ...Object.entries(properties).flatMap(([key, of]) => nestedErrors(of, `${path}.properties[${key}]`)),
    ...NOT_NESTED.filter(([field]) => isSet(schema[field])).map(([field, rule]) =>
      forbiddenField(`${path}.${field}`, rule),
    ),
    ...('metadata' in properties
      ? [forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context')]
      : []),
  ];
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0);

/** Whatever a junctor speaks of is told of outside too. */
function completeness(nested: Schema, schema: Schema | undefined, path: string, at: string): FieldError[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = nested;
  const all: (readonly [Schema, string])[] = [
    ...(not ? [[not, `${at}.not`] as const] : []),
    ...allOf.map((one, index) => [one, `${at}.allOf[${index}]`] as const),
    ...anyOf.map((one, index) => [one, `${at}.anyOf[${index}]`] as const),
    ...oneOf.map((one, index) => [one, `${at}.oneOf[${index}]`] as const),
  ];
  return all.flatMap(([one, where]) => nestedCompleteness(one, schema, path, where));
}

function nestedCompleteness(nested: Schema, schema: Schema | undefined, path: string, at: string): FieldError[] {
  if (!schema) return [required(path, `because it is defined in ${at}`)];
  const { items, properties = {} } = nested;
  return [
    ...completeness(nested, schema, path, at),
    ...(items ? nestedCompleteness(items, schema.items, `${path}.items`, `${at}.items`) : []),
    ...Object.entries(properties).flatMap(([key, of]) =>
      nestedCompleteness(of, schema.properties?.[key], `${path}.properties[${key}]`, `${at}.properties[${key}]`),
    ),
  ];
}
