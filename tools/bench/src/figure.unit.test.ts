import { expect, it } from 'vitest';
import { goalText, isReached, quantile, type Figure } from './figure.js';

const figure = (value: number, goal: Figure['goal']): Figure => ({
  name: 'f',
  value,
  unit: 'ms',
  n: 1,
  load: 'none',
  ...(goal && { goal }),
});

it('takes quantiles by nearest rank, whatever the order', () => {
  expect(quantile([30, 10, 20], 0.5)).toBe(20);
  expect(
    quantile(
      Array.from({ length: 100 }, (_, i) => 100 - i),
      0.99,
    ),
  ).toBe(99);
  expect(quantile([7.04], 0.99)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

it('knows whether a goal is reached', () => {
  expect(isReached(figure(5, { atMost: 5 }))).toBe(true);
  expect(isReached(figure(6, { atMost: 5 }))).toBe(false);
  expect(isReached(figure(6, { atLeast: 5 }))).toBe(true);
  expect(isReached(figure(4, { exactly: 3 }))).toBe(false);
  expect(isReached(figure(1e9, undefined))).toBe(true);
  expect([goalText({ atMost: 5 }), goalText({ exactly: 3 }), goalText(undefined)]).toEqual(['≤ 5', '= 3', '']);
});
