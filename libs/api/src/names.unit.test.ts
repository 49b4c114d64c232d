import fc from 'fast-check';
import { expect, it } from 'vitest';
import { childName, MAX_RUN_NAME, shortHash } from './names.js';

const label = (max: number) =>
  fc
    .tuple(fc.constantFrom(...'abcxyz'), fc.string({ unit: fc.constantFrom(...'abc019-'), maxLength: max - 2 }))
    .map(([first, rest]) => `${first}${rest}9`);
const run = label(MAX_RUN_NAME);
const part = label(80);

it('keeps short names readable', () => {
  expect(childName('answer')).toBe('answer');
  expect(childName('answer', 'result')).toBe('answer-result');
});

it('is always a DNS label of at most 63 characters, and always the same', () => {
  fc.assert(
    fc.property(run, fc.option(part, { nil: undefined }), (r, p) => {
      const name = childName(r, p);
      expect(name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
      expect(childName(r, p)).toBe(name);
    }),
  );
});

it('does not let long names collide', () => {
  fc.assert(
    fc.property(run, part, part, (r, a, b) => {
      fc.pre(a !== b);
      expect(childName(r, `${'p'.repeat(40)}${a}`)).not.toBe(childName(r, `${'p'.repeat(40)}${b}`));
    }),
  );
});

it('hashes as SHA-256 does', () => {
  expect(shortHash('abc')).toBe('ba7816bf8f');
  expect(shortHash('ü', 64)).toHaveLength(64);
});
