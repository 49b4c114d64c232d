import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateFields, JsonProblem } from './go-json.js';

const problem = (text: string): string => {
  try {
    duplicateFields(text);
  } catch (error) {
    if (error instanceof JsonProblem) return error.message;
    throw error;
  }
  return '';
};

describe('what is no JSON is told in Go’s words', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":"b', 'unexpected end of JSON input'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', `invalid character '"' after object key:value pair`],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
  ])('%j', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  it('refuses what is too deep to walk', () => {
    expect(problem('['.repeat(100_000))).toBe('exceeded max depth');
  });

  it('says yes and no where JSON.parse does', () => {
    const anyText = fc.oneof(
      fc.json(),
      fc.string(),
      fc.json().map((text) => text.slice(0, -1)),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        expect(problem(text) === '').toBe(valid);
      }),
    );
  });
});

describe('duplicateFields', () => {
  it('names each by its path, in the order of the text', () => {
    const text =
      '{"data":{"a":"1","a":"2","a":"3"},"spec":{"c":[{"x":1},{"x":1,"x":2}]},"data":{},"a":{"\\u0062":1,"b":2}}';
    expect(duplicateFields(text)).toEqual(['data.a', 'spec.c[1].x', 'data', 'a.b']);
  });

  it('finds none in what JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(duplicateFields(JSON.stringify(value))).toEqual([]);
      }),
    );
  });
});
