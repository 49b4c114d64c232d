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
  const dollar = input.indexOf('$');
  if (dollar === -1 || dollar === input.length - 1) return input;
  const [read, advance] = goRead(input.slice(dollar + 1), lookUp);
  return input.slice(0, dollar) + read + goExpand(input.slice(dollar + 1 + advance), lookUp);
}

/** What stands for the text after a `$`, and how much of it that takes. */
function goRead(rest: string, lookUp: (name: string) => string): [string, number] {
  const close = rest.indexOf(')');
  if (rest.startsWith('$')) return ['$', 1];
  if (rest.startsWith('(') && close !== -1) return [lookUp(rest.slice(1, close)), close + 1];
  return [`$${rest.slice(0, 1)}`, 1];
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
