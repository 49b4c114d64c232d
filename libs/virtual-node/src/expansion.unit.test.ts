import fc from 'fast-check';
import { expect, it } from 'vitest';
import { expand } from './expansion.js';

const variables = new Map([
  ['A', 'value'],
  ['EMPTY', ''],
  ['B', '$(A)'],
]);

it.each([
  ['$(A)', 'value'],
  ['x$(A)y$(A)', 'xvalueyvalue'],
  ['$(EMPTY)', ''],
  ['$(B)', '$(A)'], // what is put in is not expanded again
  ['$(UNKNOWN)', '$(UNKNOWN)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$value'],
  ['$$$$(A)', '$$(A)'],
  ['$$', '$'],
  ['$', '$'],
  ['$A', '$A'],
  ['${A}', '${A}'],
  ['$(A', '$(A'],
  ['$()', '$()'],
  ['$(A$(A))', '$(A$(A))'],
  ['costs 5$', 'costs 5$'],
])('%s becomes %s', (text, expected) => {
  expect(expand(text, variables)).toBe(expected);
});

/** A port of Kubernetes' third_party/forked/golang/expansion. */
function goExpand(input: string, lookUp: (name: string) => string): string {
  let output = '';
  for (let cursor = 0; cursor < input.length; cursor++) {
    if (input[cursor] !== '$' || cursor + 1 >= input.length) {
      output += input[cursor] ?? '';
      continue;
    }
    const rest = input.slice(cursor + 1);
    const close = rest.indexOf(')');
    if (rest[0] === '$') output += '$';
    else if (rest[0] === '(' && close !== -1) output += lookUp(rest.slice(1, close));
    else output += `$${rest[0] ?? ''}`;
    cursor += rest[0] === '(' && close !== -1 ? close + 1 : 1;
  }
  return output;
}

const text = fc
  .array(fc.oneof(fc.constantFrom('$', '$$', '$(', ')', '(', 'A', '$(A)', '$(EMPTY)', '$(NO)', 'é', '\n'), fc.string()))
  .map((parts) => parts.join(''));

it('expands as Kubernetes does, whatever the text', () => {
  fc.assert(
    fc.property(text, (input) => {
      expect(expand(input, variables)).toBe(goExpand(input, (name) => variables.get(name) ?? `$(${name})`));
    }),
  );
});

it('gives back any text whose dollars are doubled', () => {
  fc.assert(
    fc.property(text, (input) => {
      expect(expand(input.replaceAll('$', '$$$$'), variables)).toBe(input);
    }),
  );
});
