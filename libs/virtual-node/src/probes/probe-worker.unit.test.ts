import { FakeClock, settle } from '@sympozium/process/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failed, passed, type ProbeResult } from './probe-result.js';
import { probeSchedule, type ProbeSchedule } from './probe-schedule.js';
import { ProbeWorker } from './probe-worker.js';

const START = Date.parse('2026-01-01T00:00:00Z');

let clock: FakeClock;
let looks: number[];
let verdicts: string[];
let result: ProbeResult;
let worker: ProbeWorker | undefined;

beforeEach(() => {
  clock = new FakeClock(START);
  [looks, verdicts, result] = [[], [], passed];
});
afterEach(() => worker?.stop());

function start(schedule: Partial<ProbeSchedule> = {}, eager = false): void {
  const prober = (): Promise<ProbeResult> => {
    looks.push(clock.now() - START);
    return Promise.resolve(result);
  };
  const onVerdict = (ok: boolean, failure: string): void => void verdicts.push(ok ? 'ok' : failure);
  worker = new ProbeWorker({ clock, schedule: { ...probeSchedule({}), ...schedule }, prober, eager, onVerdict }, START);
}

it('has Kubernetes’ defaults', () => {
  expect(probeSchedule({})).toEqual({
    initialDelayMs: 0,
    periodMs: 10_000,
    timeoutMs: 1_000,
    successes: 1,
    failures: 3,
  });
});

it('looks after the initial delay, then once a period', async () => {
  start({ initialDelayMs: 5_000, periodMs: 2_000 });
  await clock.advance(10_000);
  expect(looks).toEqual([5_000, 7_000, 9_000]);
});

it('tells each change when its threshold is reached, in a row', async () => {
  start({ periodMs: 1_000, successes: 2, failures: 3 });
  await clock.advance(0);
  expect(verdicts).toEqual([]);
  await clock.advance(1_000);
  expect(verdicts).toEqual(['ok']);
  result = failed('sick');
  await clock.advance(2_000);
  result = passed;
  await clock.advance(1_000);
  result = failed('sick');
  await clock.advance(2_000);
  expect(verdicts).toEqual(['ok']);
  await clock.advance(1_000);
  expect(verdicts).toEqual(['ok', 'sick']);
  await clock.advance(5_000);
  expect(verdicts).toEqual(['ok', 'sick']);
});

it('looks oftener at first where it is eager, and counts only the looks that were asked for as failures', async () => {
  result = failed('not yet');
  start({ periodMs: 1_000, failures: 3 }, true);
  await clock.advance(1_999);
  const times = looks.map((time) => Math.round(time));
  expect(times).toEqual([0, 25, 56, 95, 144, 205, 281, 377, 496, 645, 831, 1_000, 1_291, 1_655]);
  expect(verdicts).toEqual([]);
  await clock.advance(1);
  expect(verdicts).toEqual(['not yet']);
});

it('is eager no longer once it went well', async () => {
  result = failed('not yet');
  start({ periodMs: 1_000 }, true);
  await clock.advance(24);
  result = passed;
  await clock.advance(1);
  expect(verdicts).toEqual(['ok']);
  await clock.advance(2_000);
  expect(looks).toEqual([0, 25, 1_000, 2_000]);
});

/** A worker whose look takes until it is given up. */
function startHanging(schedule: Partial<ProbeSchedule>): void {
  const prober = (signal: AbortSignal): Promise<ProbeResult> =>
    new Promise((resolve) => {
      looks.push(clock.now() - START);
      signal.addEventListener('abort', () => resolve(failed(String(signal.reason))), { once: true });
    });
  const onVerdict = (_: boolean, failure: string): void => void verdicts.push(failure);
  const all = { ...probeSchedule({}), ...schedule };
  worker = new ProbeWorker({ clock, schedule: all, prober, eager: false, onVerdict }, START);
}

it('gives up a look after the timeout, and never has two at a time', async () => {
  startHanging({ periodMs: 1_000, timeoutMs: 2_500, failures: 1 });
  await clock.advance(2_499);
  expect([looks, verdicts]).toEqual([[0], []]);
  await clock.advance(1);
  expect(verdicts).toEqual(['Error: no answer within 2500 ms']);
  expect(looks).toEqual([0, 2_500]);
});

it('stopped gives up its look, tells nothing, and leaves no timer', async () => {
  startHanging({ failures: 1 });
  await clock.advance(0);
  worker?.stop();
  await settle();
  expect([verdicts, clock.waiting]).toEqual([[], 0]);
});
