import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AddressPool, defaultRanges } from './address-pool.js';

it('gives a Pod one address in each range, with the same end', () => {
  const { podIP, processIP } = new AddressPool(defaultRanges('linux')).take();
  expect([podIP, processIP]).toEqual(['10.127.0.1', '127.127.0.1']);
});

it('gives every process the one address where there is only one', () => {
  const pool = new AddressPool(defaultRanges('darwin'));
  expect([pool.take(), pool.take()].map(({ processIP }) => processIP)).toEqual(['127.0.0.1', '127.0.0.1']);
});

it('never gives an address twice at a time, nor a network or broadcast address', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (steps) => {
      const pool = new AddressPool(defaultRanges('linux'));
      const held = new Map<string, { release(): void }>();
      for (const take of steps) {
        const [oldest] = held;
        if (take || !oldest) {
          const address = pool.take();
          expect(held.has(address.podIP)).toBe(false);
          expect(address.podIP).toMatch(/^10\.127\.\d+\.\d+$/);
          expect(address.podIP).not.toMatch(/\.(0|255)$/);
          held.set(address.podIP, address);
        } else {
          oldest[1].release();
          held.delete(oldest[0]);
        }
      }
    }),
    { numRuns: 20 },
  );
});

it('gives a Pod the address that it had, unless somebody has it or it is of another range', () => {
  const pool = new AddressPool(defaultRanges('linux'));
  expect(pool.take('10.127.3.7')).toMatchObject({ podIP: '10.127.3.7', processIP: '127.127.3.7' });
  const others = ['10.127.3.7', '10.128.3.8', '10.127.3', '10.127.3.255', '10.127.x.y', '', undefined];
  expect(others.map((before) => pool.take(before).podIP)).toEqual(others.map((_, n) => `10.127.0.${n + 1}`));
});

it('says so when all are taken, and goes on when one is free', () => {
  const pool = new AddressPool(defaultRanges('linux'));
  const all = Array.from({ length: 254 * 256 }, () => pool.take());
  expect(() => pool.take()).toThrow('every address');
  all[1000]?.release();
  expect(pool.take().podIP).toBe(all[1000]?.podIP);
});
