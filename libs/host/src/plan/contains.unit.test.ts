import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains } from './contains.js';
import { quantity } from './quantity.js';

describe('contains', () => {
  it('overlooks what the server adds', () => {
    const wished = { spec: { containers: [{ name: 'a', image: 'x' }] } };
    const live = {
      spec: { dnsPolicy: 'ClusterFirst', containers: [{ name: 'injected' }, { name: 'a', image: 'x', stdin: false }] },
      status: {},
    };
    expect(contains(live, wished)).toBe(true);
    expect(contains({ spec: { containers: [{ name: 'a', image: 'y' }] } }, wished)).toBe(false);
    expect(contains({ spec: { containers: [] } }, wished)).toBe(false);
  });

  it('compares quantities as amounts, and nothing else', () => {
    const limits = (cpu: unknown) => ({ resources: { limits: { cpu } } });
    expect(contains(limits('100m'), limits('0.1'))).toBe(true);
    expect(contains(limits('100m'), limits('0.2'))).toBe(false);
    expect(contains({ env: [{ name: 'A', value: '1000m' }] }, { env: [{ name: 'A', value: '1' }] })).toBe(false);
  });

  it('takes a zero value that the server left out as said', () => {
    expect(contains({}, { suspend: false, list: [], map: {}, text: '', count: 0 })).toBe(true);
    expect(contains({}, { suspend: true })).toBe(false);
  });

  it('compares unnamed lists whole', () => {
    expect(contains({ args: ['a', 'b'] }, { args: ['a'] })).toBe(false);
    expect(contains({ args: ['b', 'a'] }, { args: ['a', 'b'] })).toBe(false);
  });

  it('holds for every JSON value and itself', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => contains(value, value)));
  });
});

describe('quantity', () => {
  it.each([
    ['300m', 0.3],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['2k', 2000],
    ['1e3', 1000],
    ['12E6', 12e6],
    ['1E', 1e18],
    ['-1', -1],
    [7, 7],
  ])('reads %s', (text, amount) => {
    expect(quantity(text)).toBe(amount);
  });

  it.each(['', 'm', '1 Gi', 'abc', '1KiB', null])('takes %j for no quantity', (text) => {
    expect(quantity(text)).toBeUndefined();
  });
});
