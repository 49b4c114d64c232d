import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choosePlan } from './address-plan.js';

/** First address of a network, and the first after it. */
function span(network: string): [number, number] {
  const [address = '', bits = '32'] = network.split('/');
  const start = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [start, start + 2 ** (32 - Number(bits))];
}

describe('choosePlan', () => {
  it('puts Services, and what is in them, beside Pods and node', () => {
    expect(choosePlan(['default', '192.0.2.0/24', 'fe80::/64'])).toEqual({
      pods: '10.231.64.0/24',
      services: '10.231.65.0/24',
      kubernetes: '10.231.65.1',
      dns: '10.231.65.10',
      host: '10.231.66.1',
      node: '10.231.66.2',
    });
  });

  it.each(['10.0.0.0/8', '10.231.64.0/18', '10.231.65.7', '10.231.66.0/30'])('goes out of the way of %s', (route) => {
    expect(choosePlan([route])?.pods).not.toMatch(/^10\.231\./);
  });

  it('says when there is no way', () => {
    expect(choosePlan(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'])).toBeUndefined();
  });

  it('never meets a network of the machine', () => {
    const route = fc
      .tuple(fc.constantFrom(10, 172, 192), fc.nat(255), fc.nat(255), fc.integer({ min: 8, max: 30 }))
      .map(([a, b, c, bits]) => `${a}.${b}.${c}.0/${bits}`)
      .filter((network) => span(network)[0] % 2 ** (32 - Number(network.split('/')[1])) === 0);
    fc.assert(
      fc.property(fc.array(route, { maxLength: 6 }), (routes) => {
        const plan = choosePlan(routes);
        if (plan === undefined) return;
        for (const mine of Object.values(plan).map(span))
          for (const theirs of routes.map(span)) expect(mine[0] < theirs[1] && theirs[0] < mine[1]).toBe(false);
      }),
    );
  });
});
