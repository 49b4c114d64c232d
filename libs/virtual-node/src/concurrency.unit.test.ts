import { settle } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import { Concurrency } from './concurrency.js';

it('runs so many at a time, the others in their order, and goes on after a failure', async () => {
  const concurrency = new Concurrency(2);
  const begun: number[] = [];
  const ends: ((error?: Error) => void)[] = [];
  const runs = [0, 1, 2, 3].map((number) =>
    concurrency.run(() => {
      begun.push(number);
      return new Promise<void>((resolve, reject) => ends.push((error) => (error ? reject(error) : resolve())));
    }),
  );
  const outcome = Promise.allSettled(runs);
  await settle();
  expect(begun).toEqual([0, 1]);
  ends[1]?.(new Error('failed'));
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await settle();
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.();
  ends[3]?.();
  expect((await outcome).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});
