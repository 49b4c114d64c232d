import fc from 'fast-check';
import { expect, it } from 'vitest';
import { preview } from './preview.js';

const LONG = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6000, size: 'max' }),
  fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '\u2028', '\u0000', '\u0085', '😀', 'a', '\ud800') }),
);

it.each([
  ['4', '4'],
  ['', ''],
  ['  two\r\n\n lines\t ', 'two lines'],
  ['x'.repeat(60), 'x'.repeat(60)],
  ['x'.repeat(61), `${'x'.repeat(59)}…`],
  ['😀'.repeat(61), `${'😀'.repeat(59)}…`],
])('shows %j as %j', (text, line) => expect(preview(text)).toBe(line));

it('is always one line of at most 60 characters that fits its field', () => {
  fc.assert(
    fc.property(LONG, (text) => {
      const line = preview(text);
      expect(Array.from(line).length).toBeLessThanOrEqual(60);
      expect(line.length).toBeLessThanOrEqual(256);
      expect(line).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u);
      expect(line).toBe(line.trim());
      expect(line).not.toMatch(/\p{Cs}/u);
    }),
  );
});
