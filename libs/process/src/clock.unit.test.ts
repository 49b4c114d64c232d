import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.js';
import { delay } from './clock.js';
import { FakeClock, seededRandom } from './testing/index.js';

it('fires timers in the order of their time, then of their making', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(100), { maxLength: 30 }), async (delays) => {
      const clock = new FakeClock();
      const fired: { delay: number; order: number }[] = [];
      delays.forEach((d, order) => clock.after(d, () => fired.push({ delay: d, order })));
      await clock.advance(100);
      const sorted = delays
        .map((d, order) => ({ delay: d, order }))
        .sort((a, b) => a.delay - b.delay || a.order - b.order);
      expect(fired).toEqual(sorted);
      expect(clock.waiting).toBe(0);
    }),
  );
});

it('a cancelled timer never fires, and an aborted delay leaves none behind', async () => {
  const clock = new FakeClock();
  clock.after(10, () => expect.unreachable()).cancel();
  const abort = new AbortController();
  const waiting = delay(clock, 10, abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await clock.advance(20);
  expect(clock.waiting).toBe(0);
});

it('backoff stays between half and the whole of a doubling ceiling', () => {
  const random = seededRandom(7);
  for (let attempt = 0; attempt < 40; attempt++) {
    const ceiling = Math.min(1_000, 10 * 2 ** attempt);
    const ms = backoffMs({ initialMs: 10, maxMs: 1_000 }, attempt, random);
    expect(ms).toBeGreaterThanOrEqual(ceiling / 2);
    expect(ms).toBeLessThanOrEqual(ceiling);
  }
});
