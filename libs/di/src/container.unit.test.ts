import { expect, expectTypeOf, it } from 'vitest';
import { Container, token } from './container.js';

const NUMBER = token<number>('number');
const TEXT = token<string>('text');
const LIST = token<string>('list');

it('makes a singleton once, on demand, from what it needs', () => {
  let made = 0;
  const container = new Container().value(NUMBER, 7).factory(TEXT, (r) => `${(made += 1)}:${r.get(NUMBER)}`);
  expect(made).toBe(0);
  expect([container.get(TEXT), container.get(TEXT)]).toEqual(['1:7', '1:7']);
  expectTypeOf(container.get(TEXT)).toEqualTypeOf<string>();
});

it('gives all of a multi-token in the order of registration, and none as an empty list', () => {
  const container = new Container().value(LIST, 'a').factory(LIST, () => 'b');
  expect(container.getAll(LIST)).toEqual(['a', 'b']);
  expect(new Container().getAll(LIST)).toEqual([]);
});

it('keeps containers apart', () => {
  const one = new Container().value(NUMBER, 1);
  const two = new Container();
  expect(one.get(NUMBER)).toBe(1);
  expect(() => two.get(NUMBER)).toThrow('nothing is registered for number');
});

it('names the chain of a missing dependency and of a cycle', () => {
  const missing = new Container().factory(TEXT, (r) => String(r.get(NUMBER)));
  expect(() => missing.get(TEXT)).toThrow('nothing is registered for text → number');
  const cycle = new Container().factory(TEXT, (r) => String(r.get(NUMBER))).factory(NUMBER, (r) => r.get(TEXT).length);
  expect(() => cycle.get(TEXT)).toThrow('text → number → text');
});

it('refuses a value of the wrong type at compile time', () => {
  // @ts-expect-error a text is no number
  new Container().value(NUMBER, 'seven');
});
