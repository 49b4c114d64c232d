import type { JsonObject } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { compileParamsSchema } from './compile-params-schema.js';

const SCHEMA: JsonObject = {
  type: 'object',
  additionalProperties: false,
  required: ['tone'],
  properties: {
    tone: { enum: ['plain', 'warm'] },
    site: { type: 'string', format: 'uri' },
    limits: { type: 'object', default: {}, properties: { words: { type: 'integer', default: 200 } } },
  },
};

describe('compileParamsSchema', () => {
  it('fills in defaults, also within what it filled in, and leaves what it was given as it was', () => {
    const given = { tone: 'plain' };
    expect(compileParamsSchema(SCHEMA)(given)).toEqual({ params: { tone: 'plain', limits: { words: 200 } } });
    expect(given).toEqual({ tone: 'plain' });
  });

  it.each<[JsonObject, string]>([
    [{}, "must have required property 'tone'"],
    [{ tone: 'loud' }, '/tone must be equal to one of the allowed values: plain, warm'],
    [{ tone: 'warm', extra: 1 }, 'must NOT have additional properties: extra'],
    [{ tone: 'warm', limits: { words: 'many' } }, '/limits/words must be integer'],
    [{ tone: 'warm', site: 'nowhere' }, '/site must match format "uri"'],
  ])('says of %j: %s', (params, problem) => {
    expect(compileParamsSchema(SCHEMA)(params)).toEqual({ problem });
  });

  it('understands the dialect that the schema names, 2020-12 if none', () => {
    const tuple = compileParamsSchema({ properties: { pair: { prefixItems: [{ type: 'string' }], items: false } } });
    expect(tuple({ pair: ['a', 'b'] })).toHaveProperty('problem');
    const earlier = compileParamsSchema({
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { pair: { items: [{ type: 'string' }], additionalItems: false } },
    });
    expect(earlier({ pair: ['a', 'b'] })).toHaveProperty('problem');
    expect(earlier({ pair: ['a'] })).toEqual({ params: { pair: ['a'] } });
  });

  it('ignores keywords and formats that it does not know', () => {
    const check = compileParamsSchema({ 'x-order': 1, properties: { a: { format: 'colour' } } });
    expect(check({ a: 'red' })).toEqual({ params: { a: 'red' } });
  });

  it('keeps schemas with the same $id apart', () => {
    const $id = 'https://example.com/params';
    const checks = ['string', 'number'].map((type) => compileParamsSchema({ $id, properties: { a: { type } } }));
    expect(checks.map((check) => 'params' in check({ a: 1 }))).toEqual([false, true]);
  });

  it('neither changes what all objects have nor takes it for parameters', () => {
    const polluting = { properties: { polluted: { default: 1 } } };
    const schema = { properties: { ['__proto__']: polluting, constructor: { properties: { prototype: polluting } } } };
    compileParamsSchema(schema)({});
    expect(({} as JsonObject)['polluted']).toBeUndefined();
    expect(compileParamsSchema({ required: ['toString'] })({})).toHaveProperty('problem');
  });

  it.each<[string, JsonObject, RegExp]>([
    ['is no schema', { type: 'colour' }, /schema is invalid: data\/type/],
    ['has a broken pattern', { properties: { a: { pattern: '(' } } }, /regular expression/],
    ['refers to another place', { $ref: 'https://example.com/schema.json' }, /can't resolve reference/],
    ['has a dialect of another place', { $schema: 'https://example.com/dialect' }, /no schema with key or ref/],
    ['is asynchronous', { $async: true }, /\$async/],
    ['nests without end', nested(20_000), /./],
  ])('refuses a schema that %s', (_what, schema, message) => {
    expect(() => compileParamsSchema(schema)).toThrow(message);
  });

  it('takes a schema that refers to itself', () => {
    const check = compileParamsSchema({ properties: { child: { $ref: '#' }, n: { type: 'number' } } });
    expect(check({ child: { child: { n: 'x' } } })).toEqual({ problem: '/child/child/n must be number' });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['backtracks', { properties: { a: { pattern: '^(a+)+$' } } }, { a: `${'a'.repeat(60)}!` }],
    ['doubles', doubling(40), {}],
  ])('ends a check that %s', (_what, schema, params) => {
    const check = compileParamsSchema(schema);
    expect(() => check(params)).toThrow('took longer than 1000 ms');
  });
});

function nested(depth: number): JsonObject {
  let schema: JsonObject = {};
  for (let at = 0; at < depth; at += 1) schema = { not: schema };
  return schema;
}

/** Every definition asks the next one twice. */
function doubling(depth: number): JsonObject {
  const twice = (at: number): JsonObject => ({ allOf: [{ $ref: `#/$defs/d${at}` }, { $ref: `#/$defs/d${at}` }] });
  const $defs = Object.fromEntries(Array.from({ length: depth }, (_, at) => [`d${at}`, twice(at + 1)]));
  return { ...twice(0), $defs: { ...$defs, [`d${depth}`]: {} } };
}
