import { mergePatch as apply } from '@sympozium/kube/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch } from './merge-patch.js';

/** A merge patch cannot say null, so neither does a status. */
const fields = fc.object({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  values: [fc.string(), fc.integer(), fc.boolean()],
  maxDepth: 3,
});

describe('mergePatch', () => {
  it('makes the second object out of the first, for any two', () => {
    fc.assert(
      fc.property(fields, fields, (from, to) => {
        const patch = mergePatch(from, to);
        expect(patch === undefined ? from : apply(structuredClone(from), patch)).toEqual(to);
      }),
    );
  });

  it('is nothing for equal objects, and names only what differs', () => {
    expect(mergePatch({ a: { b: [1] } }, { a: { b: [1] } })).toBeUndefined();
    expect(mergePatch({ a: 1, b: 2, c: { d: 1, e: 1 } }, { a: 1, c: { d: 1, e: 2 } })).toEqual({
      b: null,
      c: { e: 2 },
    });
  });
});
