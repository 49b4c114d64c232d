import { FakeClock } from '@sympozium/process/testing';
import { beforeEach, expect, it } from 'vitest';
import { Alarm } from './alarm.js';

let clock: FakeClock;
let set: number;
let rung: string[];
let alarm: Alarm;

beforeEach(() => {
  clock = new FakeClock(0);
  set = 0;
  rung = [];
  const wall = { now: () => clock.now() + set, after: (ms: number, run: () => void) => clock.after(ms, run) };
  alarm = new Alarm(wall, (key) => rung.push(`${key} ${wall.now()}`));
});

it('calls out each key once, at its time, those of one time in the order of their names', async () => {
  alarm.set('late', 90_000);
  for (const key of ['c', 'a', 'b']) alarm.set(key, 60_000);
  await clock.advance(59_999);
  expect(rung).toEqual([]);
  await clock.advance(600_000);
  expect(rung).toEqual(['a 60000', 'b 60000', 'c 60000', 'late 90000']);
  expect(clock.waiting).toBe(0);
});

it('goes by the last time that was said', async () => {
  alarm.set('sooner', 60_000);
  alarm.set('later', 5_000);
  alarm.set('never', 5_000);
  alarm.set('sooner', 1_000);
  alarm.set('later', 70_000);
  alarm.set('never', undefined);
  await clock.advance(600_000);
  expect(rung).toEqual(['sooner 1000', 'later 70000']);
});

it('takes a time that is over for now', async () => {
  alarm.set('a', -5);
  await clock.advance(0);
  expect(rung).toEqual(['a 0']);
});

it('notices within ten seconds that the clock was set forward, in the order of the times', async () => {
  alarm.set('b', 3_600_000);
  alarm.set('a', 7_200_000);
  set = 8_000_000;
  await clock.advance(10_000);
  expect(rung).toEqual(['b 8010000', 'a 8010000']);
});

it('waits for its time again when the clock was set back', async () => {
  alarm.set('a', 60_000);
  await clock.advance(55_000);
  set = -3_600_000;
  await clock.advance(3_604_999);
  expect(rung).toEqual([]);
  await clock.advance(1);
  expect(rung).toEqual(['a 60000']);
});

it('is silent when it is stopped', async () => {
  alarm.set('a', 60_000);
  alarm.stop();
  expect(clock.waiting).toBe(0);
  alarm.set('b', 60_000); // by who was still at work
  expect(clock.waiting).toBe(0);
  await clock.advance(600_000);
  expect(rung).toEqual([]);
});
