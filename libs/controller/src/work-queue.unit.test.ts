import { FakeClock, seededRandom, settle } from '@sympozium/process/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WorkQueue } from './work-queue.js';

const make = () => {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock, random: seededRandom(1), backoff: { initialMs: 10, maxMs: 1_000 } }) };
};

describe('a key', () => {
  it('waits once, in the order of arrival, however often it is added', async () => {
    const { queue } = make();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect([await queue.next(), await queue.next(), await queue.next()]).toEqual(['a', 'b', 'c']);
  });

  it('that is worked on is handed out again only when it is done', async () => {
    const { queue } = make();
    queue.add('a');
    await queue.next();
    queue.add('a');
    queue.add('a');
    let again: string | undefined;
    void queue.next().then((key) => (again = key));
    await settle();
    expect(again).toBeUndefined();
    queue.done('a');
    await settle();
    expect([again, queue.depth]).toEqual(['a', 0]);
  });

  it('becomes due at the earliest time that was asked for', async () => {
    const { clock, queue } = make();
    queue.add('a', 100);
    queue.add('a', 50);
    queue.add('a', 200);
    await clock.advance(49);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect([queue.depth, queue.delayed, clock.waiting]).toEqual([1, 0, 0]);
    queue.add('b', 100);
    queue.add('b');
    expect([queue.depth, clock.waiting]).toEqual([2, 0]);
  });

  it('is retried after growing delays until it is forgotten, never sooner than told', () => {
    const { queue } = make();
    const delays = Array.from({ length: 10 }, (_, i) => queue.retry(`a`) / (10 * 2 ** Math.min(i, 7)));
    for (const share of delays.slice(0, 7)) expect(share).toBeGreaterThanOrEqual(0.5);
    for (const share of delays) expect(share).toBeLessThanOrEqual(1);
    queue.forget('a');
    expect(queue.retry('a')).toBeLessThanOrEqual(10);
    expect(queue.retry('b', 5_000)).toBe(5_000);
  });
});

it('a closed queue hands out nothing, frees who waits, and leaves no timer', async () => {
  const { clock, queue } = make();
  const waiting = queue.next();
  queue.add('delayed', 100);
  queue.close();
  queue.add('late');
  expect([await waiting, await queue.next(), queue.depth, clock.waiting]).toEqual([undefined, undefined, 0, 0]);
});

const key = fc.constantFrom('a', 'b', 'c');
const step = fc.oneof(
  fc.record({ do: fc.constant('add' as const), key, delayMs: fc.oneof(fc.constant(0), fc.nat(50)) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(30) }),
);

it('loses no key, keeps to each time, and never gives one key to two workers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), fc.nat(40), async (steps, workMs) => {
      const { clock, queue } = make();
      const active = new Set<string>();
      const begun: { key: string; at: number }[] = [];
      const work = async (): Promise<void> => {
        for (let taken = await queue.next(); taken !== undefined; taken = await queue.next()) {
          expect(active.has(taken)).toBe(false);
          active.add(taken);
          begun.push({ key: taken, at: clock.now() });
          await new Promise<void>((resolve) => clock.after(workMs, resolve));
          active.delete(taken);
          queue.done(taken);
        }
      };
      const workers = [work(), work(), work()]; // as many as keys: only a key's own work may delay it
      const asked: { key: string; at: number; due: number }[] = [];
      for (const next of steps) {
        if (next.do === 'wait') await clock.advance(next.ms);
        else {
          asked.push({ key: next.key, at: clock.now(), due: clock.now() + next.delayMs });
          queue.add(next.key, next.delayMs);
        }
      }
      await clock.advance(10_000);
      for (const { key: wanted, at, due } of asked)
        expect(begun.some((b) => b.key === wanted && b.at >= at && b.at <= due + workMs)).toBe(true);
      expect([queue.depth, queue.delayed, active.size]).toEqual([0, 0, 0]);
      queue.close();
      await Promise.all(workers);
    }),
    { seed: 20_261_124 },
  );
});
