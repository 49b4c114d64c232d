import { expect, it } from 'vitest';
import { decodePatch } from './decoding.js';

const decode = (text: string): unknown => decodePatch(Buffer.from(text), 'apply');

it('reads what is applied as YAML, of which JSON is a part', () => {
  expect(decode('{"spec": {"a": "yes", "b": 1}}')).toEqual({ spec: { a: 'yes', b: 1 } });
  expect(decode('spec: {a: yes, b: 1}')).toEqual({ spec: { a: true, b: 1 } });
  expect(decode('{"spec": {"a": yes}}')).toEqual({ spec: { a: true } });
  expect(decode('null')).toEqual({});
  expect(() => decode('a: [')).toThrow(/error decoding patch: error converting YAML to JSON: yaml: line/);
});
