import { FakeClock } from '@sympozium/process/testing';
import { expect, it } from 'vitest';
import { SubmissionStamps } from './submission-stamps.js';

it('each stamp is later than the one before, also when the clock stands or goes back', async () => {
  const clock = new FakeClock(Date.parse('2026-01-01T00:00:00.998Z'));
  const stamps = new SubmissionStamps(clock);
  const made = Array.from({ length: 1_001 }, () => stamps.next());
  expect([made[0], made[1], made[1_000]]).toEqual([
    '2026-01-01T00:00:00.998000Z',
    '2026-01-01T00:00:00.998001Z',
    '2026-01-01T00:00:00.999000Z',
  ]);
  expect(made).toEqual([...new Set(made)].sort());
  await clock.advance(10);
  expect(stamps.next()).toBe('2026-01-01T00:00:01.008000Z');
  await clock.advance(-10);
  expect(stamps.next()).toBe('2026-01-01T00:00:01.008001Z');
});
