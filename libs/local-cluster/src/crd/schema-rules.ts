import type { FieldError } from '../api-error.js';
import { forbiddenField, invalidValue, notSupported, required } from '../schema/field-errors.js';
import type { Schema } from '../schema/schema.js';
import { ruleFieldErrors } from './rule-fields.js';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const META_FIELDS: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

/** Where a schema stands in the whole. */
export interface SchemaContext {
  readonly isRoot: boolean;
  /** Why there may be no default here; empty: there may. */
  readonly noDefaults: string;
  readonly insideMeta: boolean;
}

const ROOT: SchemaContext = { isRoot: true, noDefaults: '', insideMeta: false };

/** What a CRD's schema breaks of the API's own rules for schemas, node by node. */
export function schemaErrors(schema: Schema, path: string, context: SchemaContext = ROOT): FieldError[] {
  const inside = { ...context, isRoot: false };
  return [
    ...standardErrors(schema, path, context),
    ...additionalErrors(schema, path, inside),
    ...propertyErrors(schema, path, context),
    ...junctorErrors(schema, path, inside),
    ...(schema.items ? schemaErrors(schema.items, `${path}.items`, inside) : []),
    ...mapTypeErrors(schema, path),
    ...listTypeErrors(schema, path),
    ...listMapErrors(schema, path),
    ...listKeyErrors(schema, path),
    ...ruleFieldErrors(schema, path),
  ];
}

const UNSUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

function standardErrors(schema: Schema, path: string, { noDefaults, insideMeta }: SchemaContext): FieldError[] {
  const fields = schema as Readonly<Record<string, unknown>>;
  return [
    ...typeErrors(schema.type ?? '', `${path}.type`),
    ...(schema.default !== undefined && noDefaults !== ''
      ? [forbiddenField(`${path}.default`, `must not be set ${noDefaults}`)]
      : []),
    ...UNSUPPORTED.filter((field) => fields[field] !== undefined).map((field) =>
      forbiddenField(`${path}.${field}`, `${field} is not supported`),
    ),
    ...(insideMeta && schema['x-kubernetes-embedded-resource']
      ? [forbiddenField(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')]
      : []),
    ...(schema.uniqueItems
      ? [
          forbiddenField(
            `${path}.uniqueItems`,
            'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
          ),
        ]
      : []),
    ...(schema['x-kubernetes-preserve-unknown-fields'] === false
      ? [invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')]
      : []),
  ];
}

const typeErrors = (type: string, path: string): FieldError[] => [
  ...(type === '' || TYPES.includes(type) ? [] : [notSupported(path, type, TYPES)]),
  ...(type === 'null' ? [forbiddenField(path, 'type cannot be set to null, use nullable as an alternative')] : []),
];

function additionalErrors(schema: Schema, path: string, context: SchemaContext): FieldError[] {
  const { additionalProperties, properties = {} } = schema;
  if (additionalProperties === undefined) return [];
  const field = `${path}.additionalProperties`;
  const both = Object.keys(properties).length > 0 && additionalProperties !== true;
  const noDefaults = context.insideMeta
    ? 'inside additionalProperties applying to object metadata'
    : context.noDefaults;
  return [
    ...(both ? [forbiddenField(field, 'additionalProperties and properties are mutual exclusive')] : []),
    ...(typeof additionalProperties === 'object'
      ? schemaErrors(additionalProperties, field, { ...context, noDefaults })
      : []),
  ];
}

function propertyErrors(schema: Schema, path: string, { isRoot, noDefaults, insideMeta }: SchemaContext): FieldError[] {
  const isObject = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  return Object.entries(schema.properties ?? {}).flatMap(([name, of]) => {
    const isMeta = isObject && META_FIELDS.has(name);
    return schemaErrors(of, `${path}.properties[${name}]`, {
      isRoot: false,
      insideMeta: insideMeta || isMeta,
      noDefaults: isMeta && isRoot ? `in top-level ${name}` : noDefaults,
    });
  });
}

function junctorErrors(
  { not, allOf = [], oneOf = [], anyOf = [] }: Schema,
  path: string,
  context: SchemaContext,
): FieldError[] {
  return [
    ...(not ? schemaErrors(not, `${path}.not`, context) : []),
    ...allOf.flatMap((one, index) => schemaErrors(one, `${path}.allOf[${index}]`, context)),
    ...oneOf.flatMap((one, index) => schemaErrors(one, `${path}.oneOf[${index}]`, context)),
    ...anyOf.flatMap((one, index) => schemaErrors(one, `${path}.anyOf[${index}]`, context)),
  ];
}

const wrongType = (type: string | undefined, field: string, rule: string): FieldError =>
  type ? invalidValue(field, type, rule) : required(field, rule);

function mapTypeErrors(schema: Schema, path: string): FieldError[] {
  const type: string | undefined = schema['x-kubernetes-map-type'];
  if (type === undefined) return [];
  return [
    ...(schema.type === 'object'
      ? []
      : [wrongType(schema.type, `${path}.type`, 'must be object if x-kubernetes-map-type is specified')]),
    ...(['atomic', 'granular'].includes(type)
      ? []
      : [notSupported(`${path}.x-kubernetes-map-type`, type, ['atomic', 'granular'])]),
  ];
}

function listTypeErrors(schema: Schema, path: string): FieldError[] {
  const type: string | undefined = schema['x-kubernetes-list-type'];
  if (type === undefined) return [];
  return [
    ...(schema.type === 'array'
      ? setErrors(schema, path)
      : [wrongType(schema.type, `${path}.type`, 'must be array if x-kubernetes-list-type is specified')]),
    ...(['atomic', 'set', 'map'].includes(type)
      ? []
      : [notSupported(`${path}.x-kubernetes-list-type`, type, ['atomic', 'set', 'map'])]),
  ];
}

const ATOMIC = 'must be atomic as item of a list with x-kubernetes-list-type=set';

function setErrors({ items, 'x-kubernetes-list-type': type }: Schema, path: string): FieldError[] {
  if (type !== 'set' || !items) return [];
  const of = items['x-kubernetes-list-type'];
  if (items.type === 'array' && of !== undefined && of !== 'atomic')
    return [invalidValue(`${path}.items.x-kubernetes-list-type`, of, ATOMIC)];
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalidValue(`${path}.items.x-kubernetes-map-type`, of ?? null, ATOMIC)];
  return [];
}

function listMapErrors(schema: Schema, path: string): FieldError[] {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map') {
    const rule = 'must be map if x-kubernetes-list-map-keys is non-empty';
    return keys.length === 0 ? [] : [wrongType(type, `${path}.x-kubernetes-list-type`, rule)];
  }
  const noKeys = required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map');
  return [...(keys.length === 0 ? [noKeys] : []), ...mapItemErrors(schema.items, keys, path)];
}

function mapItemErrors(items: Schema | undefined, keys: readonly string[], path: string): FieldError[] {
  if (!items) return [required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')];
  if (items.type !== 'object') {
    const rule = "must be object if parent array's x-kubernetes-list-type is map";
    return [invalidValue(`${path}.items.type`, items.type ?? '', rule)];
  }
  const field = `${path}.x-kubernetes-list-map-keys`;
  return keys.flatMap((key, index) => {
    const of = items.properties?.[key];
    const isScalar = of?.type !== 'array' && of?.type !== 'object';
    const rule = "must be a scalar type if parent array's x-kubernetes-list-type is map";
    return [
      ...(isScalar ? [] : [invalidValue(`${path}.items.properties[${key}].type`, items.type, rule)]),
      ...(of ? [] : [invalidValue(field, keys, 'entries must all be names of item properties')]),
      ...(keys.indexOf(key) < index ? [invalidValue(field, keys, 'must not contain duplicate entries')] : []),
    ];
  });
}

function listKeyErrors(schema: Schema, path: string): FieldError[] {
  const { items, 'x-kubernetes-list-type': type } = schema;
  if (!items || (type !== 'set' && type !== 'map')) return [];
  const nullable = items.nullable
    ? [forbiddenField(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${type}`)]
    : [];
  const keys = type === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [];
  return [...nullable, ...keys.flatMap((key) => keyErrors(items, key, `${path}.items.properties[${key}]`))];
}

function keyErrors(items: Schema, key: string, path: string): FieldError[] {
  const of = items.properties?.[key];
  if (!of) return [];
  const isGiven = items.required?.includes(key) === true || of.default !== undefined;
  const inKeys = 'this property is in x-kubernetes-list-map-keys, so it';
  return [
    ...(isGiven ? [] : [required(`${path}.default`, `${inKeys} must have a default or be a required property`)]),
    ...(of.nullable ? [forbiddenField(`${path}.nullable`, `${inKeys} cannot be nullable`)] : []),
  ];
}
