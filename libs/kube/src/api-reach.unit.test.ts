import { FakeClock } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import { ApiReach } from './api-reach.js';
import type { CallOptions } from './client.js';
import { KubeError } from './error.js';

const hangs = ({ signal }: CallOptions) =>
  new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));

it('asks the API server at most every two seconds, and waits no longer than that', async () => {
  const clock = new FakeClock();
  const asked: string[] = [];
  let answer: (options: CallOptions) => Promise<unknown> = async () => ({});
  const raw = (method: string, path: string, _body: unknown, options: CallOptions = {}): Promise<unknown> => {
    asked.push(`${method} ${path}`);
    return answer(options);
  };
  const reach = new ApiReach({ raw }, clock);
  expect([await reach.reachable(), await reach.reachable()]).toEqual([true, true]);
  expect(asked).toEqual(['GET /version']);

  answer = async () => Promise.reject(new KubeError(0, 'Unreachable', 'refused'));
  await clock.advance(2_001);
  expect(await reach.reachable()).toBe(false);

  answer = hangs;
  await clock.advance(2_001);
  const asking = reach.reachable();
  await clock.advance(2_000);
  expect([await asking, clock.waiting, asked.length]).toEqual([false, 0, 3]);
});
