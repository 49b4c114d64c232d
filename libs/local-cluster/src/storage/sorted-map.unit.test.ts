import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SortedMap } from './sorted-map.js';

const key = fc.integer({ min: 0, max: 3_000 }).map((n) => `/${n % 3 === 0 ? 'a' : 'b'}/${n}`);

describe('SortedMap', () => {
  it('holds what a sorted array would', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('set', 'set', 'delete'), key), { maxLength: 4_000, size: 'max' });
    fc.assert(
      fc.property(steps, (steps) => {
        const map = new SortedMap<number>();
        const model = new Map<string, number>();
        for (const [at, [step, key]] of steps.entries()) {
          if (step === 'delete') {
            map.delete(key);
            model.delete(key);
          } else {
            map.set(key, at);
            model.set(key, at);
          }
        }
        const sorted = [...model].sort(([a], [b]) => (a < b ? -1 : 1));
        for (const prefix of ['/', '/a/', '/b/', '/b/17', '/c/'])
          expect([...map.entries(prefix)]).toEqual(sorted.filter(([key]) => key.startsWith(prefix)));
        for (const [key, value] of sorted) expect(map.get(key)).toBe(value);
      }),
      { numRuns: 30 },
    );
  });
});
