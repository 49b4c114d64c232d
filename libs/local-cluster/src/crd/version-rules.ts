import type { FieldError } from '../api-error.js';
import { duplicate, forbiddenField, invalidValue, notSupported, required, tooMany } from '../schema/field-errors.js';
import type { Schema } from '../schema/schema.js';
import type { CrdVersion, PrinterColumn } from './crd.js';
import { defaultErrors } from './default-rules.js';
import { fieldAt } from './field-path.js';
import { labelRules } from './name-rules.js';
import { ruleErrors } from './rule-errors.js';
import { schemaErrors } from './schema-rules.js';
import { structuralErrors } from './structural.js';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MAX_SELECTABLE = 8;

/** What is wrong with one version of a CRD, apart from what its fields say. */
export const versionErrors = (version: CrdVersion, path: string): FieldError[] => [
  ...versionNameErrors(version.name, `${path}.name`),
  ...deprecationErrors(version, `${path}.deprecationWarning`),
];

/** A version's name is a label. */
export function versionNameErrors(name: string, field: string): FieldError[] {
  const rules = labelRules(name);
  return rules.length === 0 ? [] : [invalidValue(field, name, rules.join(','))];
}

/** Fields of a version, each with its path: the version's own, or the CRD's where all versions say the same. */
export interface VersionPaths {
  readonly schema: string;
  readonly subresources: string;
  readonly additionalPrinterColumns: string;
  readonly selectableFields: string;
}

type Fields = Pick<CrdVersion, keyof VersionPaths>;

/** What is wrong with the fields of a version; only those that are given are looked at. */
export function versionFieldErrors(fields: Fields, paths: VersionPaths, root: Schema | undefined): FieldError[] {
  const { schema, subresources, additionalPrinterColumns: columns = [] } = fields;
  return [
    ...(schema && root ? rootErrors(root, `${paths.schema}.openAPIV3Schema`) : []),
    ...scaleErrors(subresources?.scale, `${paths.subresources}.scale`),
    ...columns.flatMap((column, index) => columnErrors(column, `${paths.additionalPrinterColumns}[${index}]`)),
    ...selectableErrors(fields, root, paths.selectableFields),
  ];
}

function deprecationErrors({ deprecated, deprecationWarning: text }: CrdVersion, field: string): FieldError[] {
  if (text === undefined) return [];
  if (!deprecated) return [invalidValue(field, text, 'can only be set for deprecated versions')];
  const odd = text.search(/[\p{C}\p{Zl}\p{Zp}]/u);
  const printable = 'must only contain printable UTF-8 characters; non-printable character found at index';
  return [
    ...(Buffer.byteLength(text) > 256 ? ['must be <= 256 characters long'] : []),
    ...(text === '' ? ['must not be an empty string'] : []),
    ...(odd < 0 ? [] : [`${printable} ${odd}`]),
  ].map((rule) => invalidValue(field, text, rule));
}

/** Fields that speak of the whole object have no place where the status is validated alone. */
const AT_ROOT: ReadonlySet<string> = new Set([
  ...['description', 'type', 'format', 'title', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum'],
  ...['maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'required', 'items'],
  ...['properties', 'externalDocs', 'example', 'x-kubernetes-preserve-unknown-fields', 'x-kubernetes-validations'],
]);
const ALLOWED =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

function rootErrors(schema: Schema, path: string): FieldError[] {
  const structural = structuralErrors(schema, path);
  const defaults = structural.length > 0 ? [] : defaultErrors(schema, path);
  const own = [...structural, ...defaults, ...schemaErrors(schema, path)];
  return [
    ...(schema.nullable ? [forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root')] : []),
    ...own,
    ...(own.length > 0 ? [] : ruleErrors(schema, path)),
  ];
}

/** What is wrong with a schema whose status is validated alone. */
export function statusRootErrors(schema: Schema, path: string): FieldError[] {
  const rule = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
  if (schema.type !== 'object') return [invalidValue(`${path}.type`, schema.type ?? '', rule)];
  const odd = Object.keys(schema).some((field) => !AT_ROOT.has(field) && field !== 'nullable');
  const allowed = `only [${ALLOWED}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return odd ? [invalidValue(path, schema, allowed)] : [];
}

type Scale = NonNullable<NonNullable<CrdVersion['subresources']>['scale']>;

function scaleErrors(scale: Scale | undefined, path: string): FieldError[] {
  if (!scale) return [];
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath = '' } = scale;
  return [
    ...pathUnder(specReplicasPath, `${path}.specReplicasPath`, ['.spec.'], 'should be a json path under .spec'),
    ...pathUnder(statusReplicasPath, `${path}.statusReplicasPath`, ['.status.'], 'should be a json path under .status'),
    ...(labelSelectorPath === ''
      ? []
      : pathUnder(
          labelSelectorPath,
          `${path}.labelSelectorPath`,
          ['.spec.', '.status.'],
          'should be a json path under either .spec or .status',
        )),
  ];
}

function pathUnder(path: string, field: string, prefixes: readonly string[], rule: string): FieldError[] {
  if (path === '') return [required(field)];
  const simple = simplePathErrors(path, field);
  if (simple.length > 0) return simple;
  return prefixes.some((prefix) => path.startsWith(prefix)) ? [] : [invalidValue(field, path, rule)];
}

const simplePathErrors = (path: string, field: string): FieldError[] =>
  path.startsWith('.') ? [] : [invalidValue(field, path, 'must be a simple json path starting with .')];

const MISSING_COLUMN: PrinterColumn = { name: '', type: '', jsonPath: '' };

function columnErrors(column: PrinterColumn, path: string): FieldError[] {
  const { name, type, format = '', jsonPath } = { ...MISSING_COLUMN, ...column };
  const formats = `must be one of ${COLUMN_FORMATS.join(',')}`;
  return [
    ...(name === '' ? [required(`${path}.name`)] : []),
    ...columnTypeErrors(type, `${path}.type`),
    ...(format === '' || COLUMN_FORMATS.includes(format) ? [] : [invalidValue(`${path}.format`, format, formats)]),
    ...(jsonPath === '' ? [required(`${path}.JSONPath`)] : simplePathErrors(jsonPath, `${path}.JSONPath`)),
  ];
}

function columnTypeErrors(type: string, field: string): FieldError[] {
  const oneOf = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (type === '') return [required(field, oneOf)];
  return COLUMN_TYPES.includes(type) ? [] : [invalidValue(field, type, oneOf)];
}

function selectableErrors({ selectableFields = [] }: Fields, root: Schema | undefined, path: string): FieldError[] {
  if (selectableFields.length === 0) return [];
  if (!root) {
    const wanted =
      path === 'spec.selectableFields' ? 'validations.schema is' : '`version.schema.openAPIV3Schema` is not';
    return [invalidValue(path, '', `may only be set when ${wanted} included`)];
  }
  const paths = selectableFields.map(({ jsonPath }) => jsonPath ?? '');
  const unique = new Set(paths.filter((one) => typeof fieldAt(root, one) !== 'string')).size;
  return [
    ...paths.flatMap((_, index) => selectableFieldErrors(root, paths, index, `${path}[${index}].jsonPath`)),
    ...(unique > MAX_SELECTABLE ? [tooMany(path, unique, MAX_SELECTABLE)] : []),
  ];
}

const SELECTABLE: ReadonlySet<string | undefined> = new Set(['string', 'boolean', 'integer']);

const SCALAR =
  'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';

function selectableFieldErrors(root: Schema, paths: readonly string[], index: number, field: string): FieldError[] {
  const path = paths[index] ?? '';
  if (path === '') return [required(field)];
  const found = path.includes('[') ? 'array notation is not allowed' : fieldAt(root, path);
  if (typeof found === 'string') return [invalidValue(field, path, `is an invalid path: ${found}`)];
  return [
    ...(path.startsWith('.metadata') ? [invalidValue(field, path, 'must not point to fields in metadata')] : []),
    ...(SELECTABLE.has(found.type) ? [] : [invalidValue(field, path, SCALAR)]),
    ...(paths.indexOf(path) < index ? [duplicate(field, path)] : []),
  ];
}

/** Whether one of a few texts was given. */
export const enumErrors = (field: string, value: string, allowed: readonly string[]): FieldError[] => {
  if (value === '') return [required(field)];
  return allowed.includes(value) ? [] : [notSupported(field, value, allowed)];
};
