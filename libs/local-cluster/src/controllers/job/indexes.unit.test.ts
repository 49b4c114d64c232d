import fc from 'fast-check';
import { expect, it } from 'vitest';
import { remainingMs } from './backoff.js';
import { formatIndexes, matchedSuccessRule, parseIndexes } from './indexes.js';

it('writes indexes as ranges, and reads them again', () => {
  expect(formatIndexes(new Set([7, 0, 1, 3, 4, 5]))).toBe('0,1,3-5,7');
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50)), (list) => {
      expect(parseIndexes(formatIndexes(new Set(list)), 51)).toEqual(new Set(list.sort((a, b) => a - b)));
    }),
  );
  expect(parseIndexes('1-9', 3)).toEqual(new Set([1, 2]));
});

it('finds the rule of a success policy that holds', () => {
  const rules = [{ succeededIndexes: '0,2' }, { succeededCount: 3 }];
  expect(matchedSuccessRule(rules, new Set([0]), 5)).toBeUndefined();
  expect(matchedSuccessRule(rules, new Set([0, 2]), 5)).toBe(0);
  expect(matchedSuccessRule(rules, new Set([1, 3, 4]), 5)).toBe(1);
});

it('doubles the pause after each failure, up to ten minutes', () => {
  const pauses = [0, 1, 2, 3, 7, 99].map((failures) => remainingMs({ failures, lastFailure: 0 }, 0));
  expect(pauses).toEqual([0, 10_000, 20_000, 40_000, 600_000, 600_000]);
});
