import { expect, it } from 'vitest';
import { selects, selectorText, type LabelSelector } from './label-selector.js';

const one = (operator: string, ...values: string[]): LabelSelector => ({
  matchExpressions: [{ key: 'tier', operator, ...(values.length > 0 && { values }) }],
});

it.each<[string, LabelSelector | undefined | null, Record<string, string> | undefined, boolean]>([
  ['an absent selector takes none', undefined, { a: '1' }, false],
  ['null is absent', null, {}, false],
  ['an empty one takes all', {}, undefined, true],
  ['every label counts', { matchLabels: { a: '1', b: '2' } }, { a: '1', b: '2', c: '3' }, true],
  ['one that differs is enough', { matchLabels: { a: '1', b: '2' } }, { a: '1', b: '3' }, false],
  ['In', one('In', 'x', 'y'), { tier: 'y' }, true],
  ['In without the label', one('In', 'x'), {}, false],
  ['NotIn', one('NotIn', 'x'), { tier: 'x' }, false],
  ['NotIn without the label', one('NotIn', 'x'), {}, true],
  ['Exists', one('Exists'), { tier: '' }, true],
  ['Exists without the label', one('Exists'), {}, false],
  ['DoesNotExist', one('DoesNotExist'), { tier: '' }, false],
  ['labels and expressions', { matchLabels: { a: '1' }, ...one('Exists') }, { a: '1' }, false],
  [
    'what every JavaScript object has is no label',
    { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] },
    {},
    false,
  ],
])('%s', (_, selector, labels, taken) => {
  expect(selects(selector, labels)).toBe(taken);
});

it('is written by key', () => {
  const { matchExpressions = [] } = one('In', 'b', 'a');
  const more = [
    { key: 'old', operator: 'DoesNotExist' },
    { key: 'app', operator: 'Exists' },
    { key: 'zone', operator: 'NotIn', values: ['x'] },
  ];
  const selector = { matchLabels: { name: 'web' }, matchExpressions: [...matchExpressions, ...more] };
  expect(selectorText(selector)).toBe('app,name=web,!old,tier in (a,b),zone notin (x)');
  expect(selectorText()).toBe('');
});
