import { expect, it } from 'vitest';
import { withinTime } from './within-time.js';

it('gives back what the work returns, and throws what it throws', () => {
  expect(withinTime(1_000, () => 42)).toBe(42);
  const error = new TypeError('wrong');
  expect(() =>
    withinTime(1_000, () => {
      throw error;
    }),
  ).toThrow(error);
});

it('may be called by the work itself', () => {
  expect(withinTime(1_000, () => withinTime(1_000, () => 'inner') + withinTime(1_000, () => ' again'))).toBe(
    'inner again',
  );
});

it.each<[string, () => unknown]>([
  [
    'an endless loop',
    () => {
      for (;;);
    },
  ],
  ['an expression that backtracks', () => /^(a+)+$/.test(`${'a'.repeat(50)}!`)],
])('ends %s', (_what, work) => {
  expect(() => withinTime(50, work)).toThrow('took longer than 50 ms');
  expect(withinTime(1_000, () => 'goes on')).toBe('goes on');
});
