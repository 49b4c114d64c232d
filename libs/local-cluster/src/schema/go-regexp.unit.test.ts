import { describe, expect, it } from 'vitest';
import { goRegExp } from './go-regexp.js';

describe('goRegExp', () => {
  it.each([
    ['(?i)^abc$', 'ABC', true],
    ['^[[:alpha:]]+$', 'abC', true],
    ['^[[:alpha:]]+$', 'a1', false],
    ['\\Aab\\z', 'ab', true],
    ['\\Aab\\z', 'xab', false],
    ['^[a-z\\-_]+\\-\\_\\/$', 'a-_-_/', true],
    ['^(?P<name>a)$', 'a', true],
    ['^[]a]+$', ']a', true],
    ['^a{2}$', 'aa', true],
    ['^\\p{L}+$', 'äß', true],
    ['b', 'abc', true],
  ])('%s on %s: %s', (pattern, text, matches) => {
    expect(goRegExp(pattern).test(text)).toBe(matches);
  });

  it.each([
    ['(', 'error parsing regexp: missing closing ): `(`'],
    ['[a', 'error parsing regexp: missing closing ]: `[a`'],
    ['*', 'error parsing regexp: missing argument to repetition operator: `*`'],
    ['a(?=b)', 'error parsing regexp: invalid or unsupported Perl syntax: `(?=`'],
  ])('refuses %s as Go does', (pattern, message) => {
    expect(() => goRegExp(pattern)).toThrow(message);
  });
});
