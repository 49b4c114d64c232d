import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TokenBucket, TokenBuckets } from './token-bucket.js';

it('lets the burst through at once, then one for each part of a minute', () => {
  const bucket = new TokenBucket({ perMinute: 60, burst: 2 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)].map(({ allowed }) => allowed)).toEqual([true, true, false]);
  expect(bucket.take(500)).toMatchObject({ allowed: false, retryAfterMs: 500, remaining: 0 });
  expect(bucket.take(1_000)).toMatchObject({ allowed: true, resetMs: 2_000 });
});

it('never lets more through than burst and rate allow, and a caller who waits as told is let through', () => {
  const step = fc.record({ wait: fc.nat(5_000), patient: fc.boolean() });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(step),
      (perMinute, burst, steps) => {
        const bucket = new TokenBucket({ perMinute, burst }, 0);
        let now = 0;
        let passed = 0;
        for (const { wait, patient } of steps) {
          const taken = bucket.take((now += wait));
          if (taken.allowed) passed += 1;
          else if (patient) {
            expect(bucket.take((now += Math.ceil(taken.retryAfterMs) + 1)).allowed).toBe(true);
            passed += 1;
          }
        }
        expect(passed).toBeLessThanOrEqual(burst + (now * perMinute) / 60_000 + 1e-6);
      },
    ),
  );
});

it('does not take back tokens when the clock is set back', () => {
  const bucket = new TokenBucket({ perMinute: 60, burst: 1 }, 10_000);
  expect(bucket.take(0).allowed).toBe(true);
});

it('forgets the least used buckets first', () => {
  const buckets = new TokenBuckets(2);
  const size = { perMinute: 1, burst: 1 };
  const take = (name: string) => buckets.of(name, size, 0).take(0).allowed;
  expect([take('a'), take('b'), take('a'), take('c'), take('a'), take('b')]).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
});
