import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiObject } from '../api-object.js';
import type { Schema } from './schema.js';
import { required } from './field-errors.js';
import { validateCustom, validateCustomStatus } from './validate-custom.js';
import { validateSchema } from './validate.js';

const text: Schema = { type: 'string' };
const root = (spec: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties: spec, required } },
});

const told = (schema: Schema, spec: unknown, old?: unknown): string[] =>
  validateSchema(schema, { spec }, old === undefined ? undefined : { spec: old }).map(
    ({ type, field, message }) => `${type} ${field}: ${message}`,
  );

const INT32: Schema = { type: 'integer', format: 'int32', minimum: 0, maximum: 10 };
const ONE_OF: Schema = {
  type: 'object',
  properties: { a: text, b: text },
  oneOf: [{ required: ['a'] }, { required: ['b'] }],
};
const ANY_OF: Schema = {
  type: 'object',
  properties: { a: text, b: text },
  anyOf: [{ required: ['a'] }, { required: ['b'], properties: { b: { minLength: 3 } } }],
};

/** Answers of kube-apiserver 1.37.2. */
const ANSWERS: readonly (readonly [what: string, schema: Schema, value: unknown, errors: readonly string[]])[] = [
  [
    'too short',
    { type: 'string', minLength: 2 },
    'a',
    ['FieldValueInvalid spec.x: Invalid value: "a": spec.x in body should be at least 2 chars long'],
  ],
  [
    'too long',
    { type: 'string', maxLength: 6 },
    'abcdefg',
    ['FieldValueTooLong spec.x: Too long: may not be more than 6 bytes'],
  ],
  ['length counts characters', { type: 'string', maxLength: 1 }, '😀', []],
  [
    'pattern',
    { type: 'string', pattern: '^[a-z]+$' },
    'AB',
    [`FieldValueInvalid spec.x: Invalid value: "AB": spec.x in body should match '^[a-z]+$'`],
  ],
  [
    'wrong type',
    text,
    5,
    ['FieldValueTypeInvalid spec.x: Invalid value: "integer": spec.x in body must be of type string: "integer"'],
  ],
  [
    'null',
    text,
    null,
    ['FieldValueTypeInvalid spec.x: Invalid value: "null": spec.x in body must be of type string: "null"'],
  ],
  ['nullable', { type: 'string', nullable: true }, null, []],
  [
    'enum of texts',
    { type: 'string', enum: ['a', 'b'] },
    'c',
    ['FieldValueNotSupported spec.x: Unsupported value: "c": supported values: "a", "b"'],
  ],
  [
    'enum of numbers',
    { type: 'integer', enum: [1, 2] },
    3,
    ['FieldValueNotSupported spec.x: Unsupported value: 3: supported values: "1", "2"'],
  ],
  [
    'maximum',
    INT32,
    11,
    ['FieldValueInvalid spec.x: Invalid value: 11: spec.x in body should be less than or equal to 10'],
  ],
  [
    'not whole',
    INT32,
    1.5,
    [
      'FieldValueTypeInvalid spec.x: Invalid value: "float64": spec.x in body must be of type int32: "float64"',
      'FieldValueInvalid <nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.x',
    ],
  ],
  [
    'boolean for int32',
    INT32,
    true,
    ['FieldValueTypeInvalid spec.x: Invalid value: "": spec.x in body must be of type int32: ""'],
  ],
  [
    'exclusive',
    { type: 'number', minimum: 0, exclusiveMinimum: true },
    0,
    ['FieldValueInvalid spec.x: Invalid value: 0: spec.x in body should be greater than 0'],
  ],
  [
    'int or string',
    { 'x-kubernetes-int-or-string': true },
    true,
    [
      'FieldValueTypeInvalid spec.x: Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean"',
    ],
  ],
  [
    'few items',
    { type: 'array', items: text, minItems: 1 },
    [],
    ['FieldValueInvalid spec.x: Invalid value: 0: spec.x in body should have at least 1 items'],
  ],
  [
    'many items',
    { type: 'array', items: text, maxItems: 2 },
    ['a', 'b', 'c'],
    ['FieldValueTooMany spec.x: Too many: 3: must have at most 2 items'],
  ],
  [
    'an item',
    { type: 'array', items: text },
    ['a', 1],
    ['FieldValueTypeInvalid spec.x[1]: Invalid value: "integer": spec.x[1] in body must be of type string: "integer"'],
  ],
  [
    'a map value',
    { type: 'object', additionalProperties: { type: 'integer' } },
    { a: 'b' },
    ['FieldValueTypeInvalid spec.x.a: Invalid value: "string": spec.x.a in body must be of type integer: "string"'],
  ],
  [
    'time',
    { type: 'string', format: 'date-time' },
    '2020-01-01 00:00:00',
    [
      'FieldValueTypeInvalid spec.x: Invalid value: "2020-01-01 00:00:00": spec.x in body must be of type date-time: "2020-01-01 00:00:00"',
    ],
  ],
  ['an unknown format means nothing', { type: 'string', format: 'quantity' }, 'nonsense', []],
  ['a list where a format is', { type: 'string', format: 'date-time' }, [], []],
  [
    'none of oneOf',
    ONE_OF,
    {},
    [
      'FieldValueInvalid <nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid',
      'FieldValueRequired spec.x.a: Required value',
    ],
  ],
  [
    'two of oneOf',
    ONE_OF,
    { a: '1', b: '2' },
    [
      'FieldValueInvalid <nil>: Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
  ],
  ['anyOf', ANY_OF, { b: 'xyz' }, []],
  [
    'the furthest of anyOf',
    ANY_OF,
    { b: 'x' },
    [
      'FieldValueInvalid <nil>: Invalid value: "": "spec.x" must validate at least one schema (anyOf)',
      'FieldValueInvalid spec.x.b: Invalid value: "x": spec.x.b in body should be at least 3 chars long',
    ],
  ],
  [
    'allOf',
    { type: 'string', allOf: [{ minLength: 3 }, { pattern: '^x' }] },
    'a',
    [
      'FieldValueInvalid spec.x: Invalid value: "a": spec.x in body should be at least 3 chars long',
      `FieldValueInvalid spec.x: Invalid value: "a": spec.x in body should match '^x'`,
      'FieldValueInvalid <nil>: Invalid value: "": "spec.x" must validate all the schemas (allOf). None validated',
    ],
  ],
  [
    'not',
    { type: 'string', not: { enum: ['bad'] } },
    'bad',
    ['FieldValueInvalid <nil>: Invalid value: "": "spec.x" must not validate the schema (not)'],
  ],
];

describe('validateSchema', () => {
  it.each(ANSWERS)('tells as the API server: %s', (_what, schema, value, errors) => {
    expect(told(root({ x: schema }), { x: value })).toEqual(errors);
  });

  it('requires fields', () => {
    expect(told(root({ x: text }, ['x']), {})).toEqual(['FieldValueRequired spec.x: Required value']);
  });

  it('forgives what an update leaves alone, in lists by their keys', () => {
    const schema = root({
      x: { type: 'string', maxLength: 1 },
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', properties: { k: text, v: { type: 'integer', maximum: 5 } } },
      },
    });
    const old = { x: 'long', list: [{ k: 'a', v: 9 }] };
    expect(
      told(
        schema,
        {
          x: 'long',
          list: [
            { k: 'b', v: 1 },
            { k: 'a', v: 9 },
          ],
        },
        old,
      ),
    ).toEqual([]);
    expect(told(schema, { x: 'else', list: [{ k: 'a', v: 8 }] }, old)).toHaveLength(2);
  });

  it('says something of any JSON without a throw, and nothing where nothing is asked', () => {
    const schema = root(Object.fromEntries(ANSWERS.map(([name, of]) => [name, of])));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(validateSchema({}, value)).toEqual([]);
        expect(Array.isArray(validateSchema(schema, { spec: value }))).toBe(true);
      }),
    );
  });
});

describe('validateCustom', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        'x-kubernetes-validations': [{ rule: 'false', message: 'never' }],
        properties: {
          replicas: { type: 'integer' },
          name: text,
          set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
          object: {
            type: 'object',
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
          },
        },
      },
      status: { type: 'object', properties: { replicas: { type: 'integer' } } },
    },
  };
  const kind = { schema, subresources: { scale: { spec: '.spec.replicas', status: '.status.replicas' } } };
  const object = (spec: object, status?: object): ApiObject => ({
    apiVersion: 'b.example.com/v1',
    kind: 'X',
    metadata: { name: 'a' },
    spec,
    ...(status && { status }),
  });
  const lines = (errors: ReturnType<typeof validateCustom>): string[] =>
    errors.map(({ field, message }) => `${field}: ${message}`);

  it('asks the rules of what has the right form', () => {
    expect(lines(validateCustom(kind, { object: object({ replicas: -1 }) }))).toEqual([
      '.spec.replicas: Invalid value: -1: should be a non-negative integer',
      'spec: Invalid value: never',
    ]);
  });

  it('does not ask the rules of anything else', () => {
    expect(lines(validateCustom(kind, { object: object({ name: 1 }) }))).toEqual([
      'spec.name: Invalid value: "integer": spec.name in body must be of type string: "integer"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });

  it('tells first what is wrong with metadata, which may be its form, too', () => {
    const metadata = [required('metadata.ownerReferences[0].name')];
    expect(lines(validateCustom(kind, { object: object({ replicas: -1 }), metadata }))).toEqual([
      'metadata.ownerReferences[0].name: Required value',
      '.spec.replicas: Invalid value: -1: should be a non-negative integer',
      expect.stringContaining('some validation rules were not checked'),
    ]);
  });

  it('looks into lists and embedded objects', () => {
    expect(
      lines(validateCustom(kind, { object: object({ set: ['a', 'b', 'a', 'a'], object: { kind: '' } }) })),
    ).toEqual([
      'spec.object.apiVersion: Required value',
      'spec.object.kind: Invalid value: "": must not be empty',
      'spec.set[2]: Duplicate value: "a"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });

  it('names the fields of a status as it came alone', () => {
    expect(lines(validateCustomStatus(kind, { object: object({}, { replicas: 'x' }), old: object({}) }))).toEqual([
      'status.replicas: Invalid value: "string": replicas in body must be of type integer: "string"',
      '.status.replicas: Invalid value: 0: .status.replicas accessor error: x is of the type string, expected int64',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });
});
