import { expect, it } from 'vitest';
import { parsePatch, shapePatch } from './decoding.js';

const decode = (text: string): unknown => shapePatch(parsePatch(Buffer.from(text), 'apply'), 'apply');

it('reads what is applied as YAML, of which JSON is a part', () => {
  expect(decode('{"spec": {"a": "yes", "b": 1}}')).toEqual({ spec: { a: 'yes', b: 1 } });
  expect(decode('spec: {a: yes, b: 1}')).toEqual({ spec: { a: true, b: 1 } });
  expect(decode('{"spec": {"a": yes}}')).toEqual({ spec: { a: true } });
  expect(decode('null')).toEqual({});
  expect(() => decode('a: [')).toThrow(/error encoding patch: yaml: line/);
});
