import fc from 'fast-check';
import { expect, it } from 'vitest';
import { storedBytes } from './stored-bytes.js';

/** Go's rule for one character, written down apart from the implementation. */
function goBytes(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if ('"\\\b\f\n\r\t'.includes(character)) return 2;
  if (code < 0x20 || '<>&\u2028\u2029'.includes(character)) return 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

it.each([
  ['plain', 'abc', 5],
  ['markup', '<a>&', 2 + 19],
  ['line separators', '\u2028\u2029', 14],
  ['control characters', '\u0000\u001f', 14],
  ['new lines and quotes', '\n"\\', 8],
  ['an emoji', '😀', 6],
  ['an object', { text: '<' }, 17],
  ['nothing', undefined, 0],
])('counts %s', (_, json, bytes) => expect(storedBytes(json)).toBe(bytes));

it('counts every text as Go writes it', () => {
  const unit = fc.oneof(
    fc.constantFrom('<', '>', '&', '\u2028', '\u0001', '\n', '"'),
    fc.string({ unit: 'binary', maxLength: 1 }),
  );
  fc.assert(
    fc.property(
      fc.array(unit).map((parts) => parts.join('')),
      (text) => {
        fc.pre(!/\p{Cs}/u.test(text));
        expect(storedBytes(text)).toBe(2 + Array.from(text).reduce((sum, c) => sum + goBytes(c), 0));
      },
    ),
  );
});
