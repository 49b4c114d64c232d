import { expect, it } from 'vitest';
import { decodeWhole, parseApply } from './decoding.js';

const applied = (text: string): unknown => parseApply(Buffer.from(text)).body;
const duplicates = (text: string): readonly string[] => parseApply(Buffer.from(text)).duplicates;

it('reads what is applied as YAML, of which JSON is a part', () => {
  expect(applied('{"spec": {"a": "yes", "b": 1}}')).toEqual({ spec: { a: 'yes', b: 1 } });
  expect(applied('spec: {a: yes, b: 1}')).toEqual({ spec: { a: true, b: 1 } });
  expect(applied('{"spec": {"a": yes}}')).toEqual({ spec: { a: true } });
  expect(applied('null')).toEqual({});
  expect(applied('a: 1\n---\nb: 2\n')).toEqual({ a: 1 });
});

it('tells what stands twice, the last of which counts', () => {
  expect(applied('a: 1\na: 2\n')).toEqual({ a: 2 });
  expect(duplicates('a: 1\nb:\n  c: 1\n  c: 2\n')).toEqual(['line 4: key "c" already set in map']);
  expect(duplicates('{"a":{"b":1,"b":2},"a":3}')).toEqual([
    'line 1: key "b" already set in map',
    'line 1: key "a" already set in map',
  ]);
  expect(duplicates('{"a":{"b":1},"c":{"b":1}}')).toEqual([]);
});

it.each([
  ['a: [', /^error encoding patch: yaml: line 1: /],
  ['a: *b', /^error encoding patch: yaml: unknown anchor 'b' referenced$/],
  [`a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]`, /excessive aliasing$/],
  ['[]', /cannot unmarshal array into Go value of type map\[string\]interface \{\}$/],
])('refuses %j', (text, why) => {
  expect(() => applied(text)).toThrow(why);
});

it('warns of each line of YAML that says again what was said', () => {
  const warnings: string[] = [];
  const decode = (fieldValidation: 'Strict' | 'Warn' | 'Ignore'): unknown =>
    decodeWhole(
      Buffer.from('a: 1\na: 2\na: 3\n'),
      'application/yaml',
      { kind: 'Scale', version: 'v1' },
      {
        fieldValidation,
        warn: (text) => void warnings.push(text),
      },
    );
  expect([decode('Ignore'), warnings]).toEqual([{ a: 3 }, []]);
  decode('Warn');
  expect(warnings).toEqual(['line 2: key "a" already set in map', 'line 3: key "a" already set in map']);
  expect(() => decode('Strict')).toThrow(
    'Scale in version "v1" cannot be handled as a Scale: strict decoding error: yaml: unmarshal errors:\n' +
      '  line 2: key "a" already set in map\n  line 3: key "a" already set in map',
  );
});
