import { expect, it } from 'vitest';
import { allOf } from './all-of.js';

const untilAborted = (signal: AbortSignal, then: () => void): Promise<never> =>
  new Promise((_, reject) =>
    signal.addEventListener('abort', () => {
      then();
      reject(new Error('given up'));
    }),
  );

it('gives both answers', async () => {
  expect(await allOf(undefined, [async () => 1, async () => 'two'])).toEqual([1, 'two']);
});

it('gives the other up when one fails, waits for its end, and rejects with the first error', async () => {
  const ended: string[] = [];
  const failing = allOf(undefined, [
    (signal) => untilAborted(signal, () => ended.push('other')),
    async () => {
      throw new Error('first');
    },
  ]);
  await expect(failing).rejects.toThrow('first');
  expect(ended).toEqual(['other']);
});

it('gives both up with the caller’s signal', async () => {
  const controller = new AbortController();
  const ended: string[] = [];
  const both = allOf(controller.signal, [
    (signal) => untilAborted(signal, () => ended.push('a')),
    (signal) => untilAborted(signal, () => ended.push('b')),
  ]);
  controller.abort();
  await expect(both).rejects.toThrow('given up');
  expect(ended).toEqual(['a', 'b']);
});
