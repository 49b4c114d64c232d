import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Schema } from '../schema/schema.js';
import { goValue } from './go-value.js';

const text: Schema = { type: 'string' };
const map = (of: Schema): Schema => ({ type: 'object', additionalProperties: of });
const schema: Schema = {
  type: 'object',
  'x-go-type': 'v1.Thing',
  properties: {
    text,
    texts: map(text),
    bytes: map({ type: 'string', format: 'byte' }),
    amounts: map({ type: 'string', format: 'quantity' }),
    small: { type: 'integer', format: 'int32' },
    large: { type: 'integer', format: 'int64' },
    port: { format: 'int-or-string' },
    at: { type: 'string', format: 'date-time' },
    args: { type: 'array', items: text },
    parts: { type: 'array', items: { type: 'object', properties: { name: text } } },
    raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

describe('goValue', () => {
  it.each([
    [{ text: null }, {}],
    [{ texts: { a: null } }, { texts: { a: '' } }],
    [{ bytes: { a: null, b: '', c: 'YQ==' } }, { bytes: { a: null, b: '', c: 'YQ==' } }],
    [{ amounts: { cpu: null } }, { amounts: { cpu: '0' } }],
    [{ args: [null, 'a'] }, { args: ['', 'a'] }],
    [{ parts: [null, { name: null }] }, { parts: [{}, {}] }],
    [{ raw: { a: null } }, { raw: { a: null } }],
    [{ small: 1e12 }, { small: -727379968 }],
    [{ large: 1e12 }, { large: 1e12 }],
    [{ port: 'http' }, { port: 'http' }],
  ])('makes of %j: %j', (value, made) => {
    expect(goValue(schema, value)).toEqual(made);
  });

  it.each([
    [{ small: 1.5 }, 'cannot convert float64 to int32'],
    [{ large: 1.5 }, 'cannot convert float64 to int64'],
    [{ port: 1.5 }, 'json: cannot unmarshal number 1.5 into Go value of type int32'],
    [{ port: true }, 'json: cannot unmarshal bool into Go value of type int32'],
    [{ port: {} }, 'json: cannot unmarshal object into Go value of type int32'],
    [{ at: 5 }, 'json: cannot unmarshal number into Go value of type string'],
    [{ at: 'soon' }, 'parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"'],
    [{ bytes: { a: 'no base64' } }, 'error decoding from json: illegal base64 data at input byte 2'],
    [
      { amounts: { cpu: 'much' } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('cannot hold %j', (value, why) => {
    expect(() => goValue(schema, value)).toThrow(why);
  });

  it('is what it is when made again, and never changes its argument', () => {
    const object = fc.record(
      {
        text: fc.option(fc.string()),
        texts: fc.dictionary(fc.string(), fc.option(fc.string())),
        small: fc.option(fc.integer({ min: -1e10, max: 1e10 })),
        args: fc.array(fc.option(fc.string())),
        parts: fc.array(fc.option(fc.record({ name: fc.option(fc.string()) }))),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(object, (value) => {
        const before = structuredClone(value);
        const made = goValue(schema, value);
        expect(goValue(schema, made)).toEqual(made);
        expect(value).toEqual(before);
      }),
    );
  });
});
