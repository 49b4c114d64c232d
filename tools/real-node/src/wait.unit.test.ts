import { FakeClock } from '@sympozium/process/testing';
import { describe, expect, it } from 'vitest';
import { waitUntil } from './wait.js';

const never = new Promise<never>(() => {});
const base = { what: 'ready: it', withinMs: 1_000, failed: never };

describe('waitUntil', () => {
  it('asks again after a no, and after an error', async () => {
    const clock = new FakeClock();
    const answers = [() => false, () => expect.unreachable(), () => true];
    const waiting = waitUntil(async () => answers.shift()?.() ?? false, { ...base, clock });
    await clock.advance(300);
    await waiting;
    expect(answers).toEqual([]);
  });

  it('gives up in time, and says what the last error was', async () => {
    const clock = new FakeClock();
    const cause = new Error('refused');
    const waiting = waitUntil(() => Promise.reject(cause), { ...base, clock });
    const rejected = expect(waiting).rejects.toMatchObject({
      message: expect.stringContaining('after 1 s not ready: it'),
      cause,
    });
    await clock.advance(1_200);
    await rejected;
  });

  it('ends when there is nothing to wait for any more', async () => {
    const failed = Promise.reject(new Error('kubelet ended'));
    await expect(waitUntil(() => never, { ...base, failed })).rejects.toThrow('kubelet ended');
  });
});
