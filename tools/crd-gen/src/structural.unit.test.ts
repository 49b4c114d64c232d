import { anyObject, boundedMap, cel } from '@sympozium/api';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { structuralSchema } from './structural.js';

it('keeps unknown fields where the schema is loose, and only there', () => {
  expect(structuralSchema(z.object({ open: anyObject, closed: z.object({ a: z.boolean() }) }))).toEqual({
    type: 'object',
    required: ['open', 'closed'],
    properties: {
      open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      closed: { type: 'object', required: ['a'], properties: { a: { type: 'boolean' } } },
    },
  });
});

it('does not require what has a default', () => {
  const schema = structuralSchema(z.object({ retries: z.int32().min(0).max(10).default(2) }));
  expect(schema).toEqual({
    type: 'object',
    properties: { retries: { type: 'integer', format: 'int32', default: 2, minimum: 0, maximum: 10 } },
  });
});

it('takes a date-time by its format, which the API server checks', () => {
  expect(structuralSchema(z.iso.datetime())).toEqual({ type: 'string', format: 'date-time' });
});

it('writes maps with their bound, and integers with the format that holds them', () => {
  expect(structuralSchema(boundedMap(10, z.int(), 5))).toMatchObject({
    type: 'object',
    maxProperties: 5,
    additionalProperties: { type: 'integer', format: 'int64' },
  });
});

it('passes CEL rules on', () => {
  const rule = { rule: 'self > 1', message: 'write more than 1' };
  expect(structuralSchema(z.number().meta(cel(rule)))['x-kubernetes-validations']).toEqual([rule]);
});

it.each([
  ['a union', z.object({ a: z.object({ b: z.union([z.string(), z.number()]) }) }), 'a.b has no type'],
  ['a list of anything', z.object({ a: z.array(z.unknown()) }), 'a[] has no type'],
  ['a tuple', z.object({ a: z.tuple([z.string(), z.string()]) }), 'a'],
])('refuses %s and names its place', (_, schema, message) => {
  expect(() => structuralSchema(schema)).toThrow(message);
});
