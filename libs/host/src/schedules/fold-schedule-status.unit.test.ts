import { scheduledRunName, type SympoziumScheduleStatus } from '@sympozium/api';
import { describe, expect, it } from 'vitest';
import { after, made, ms, on, runAt } from '../testing/planned-schedule.js';
import type { TickOutcome } from './fold-schedule-status.js';

describe('the status', () => {
  const startedAt = (tick: string): TickOutcome => ({ tick: ms(tick), run: runAt(tick, 'Pending') });
  const started = (status: SympoziumScheduleStatus) => status.conditions?.find(({ type }) => type === 'Started');

  it('tells of a tick that started its run, and of those that were missed before it', () => {
    const status = after('03:12', { schedule: made() }, startedAt('03:10'));
    expect(status).toMatchObject({
      lastTickTime: on('03:10'),
      lastScheduleTime: on('03:10'),
      nextScheduleTime: on('03:15'),
      activeRuns: 1,
      active: [{ name: scheduledRunName('nightly', ms('03:10')) }],
      missedTicks: 1,
    });
    expect(started(status)).toMatchObject({ status: 'True', reason: 'Started', lastTransitionTime: on('03:12') });
  });

  it('tells of a tick that did not', () => {
    const before = made({ status: { missedTicks: 2, lastScheduleTime: on('03:00') } });
    const lost = { tick: ms('03:05'), reason: 'ApplyFailed' as const, message: 'exceeded quota' };
    const status = after('03:05', { schedule: before }, lost);
    expect(status).toMatchObject({
      lastTickTime: on('03:05'),
      lastScheduleTime: on('03:00'),
      missedTicks: 3,
      activeRuns: 0,
    });
    expect(started(status)).toMatchObject({ status: 'False', reason: 'ApplyFailed', message: 'exceeded quota' });
  });

  it('tells of a run that an earlier life started, though its own tick did not', () => {
    const schedule = made({ spec: { concurrencyPolicy: 'Forbid' } });
    const lost = { tick: ms('03:10'), reason: 'TickOverlapped' as const, message: 'one works' };
    const status = after('03:12', { schedule, runs: [runAt('03:05')] }, lost);
    expect(status).toMatchObject({ missedTicks: 1, lastScheduleTime: on('03:05'), lastTickTime: on('03:10') });
  });

  it('tells of one that waits only what it has overtaken', () => {
    const schedule = made({ spec: { concurrencyPolicy: 'Replace' }, status: { missedTicks: 0 } });
    const first = after('03:05', { schedule, runs: [runAt('03:00')] });
    expect(first).toMatchObject({ missedTicks: 0, nextScheduleTime: on('03:10') });
    expect([first.lastTickTime, started(first)]).toEqual([undefined, undefined]);
    const second = after('03:10', { schedule: { ...schedule, status: first }, runs: [runAt('03:00')] });
    expect(second).toMatchObject({ missedTicks: 1, lastTickTime: on('03:05') });
    expect(started(second)).toMatchObject({ status: 'False', reason: 'TickMissed' });
    expect(after('03:10:05', { schedule: { ...schedule, status: second }, runs: [runAt('03:00')] })).toBe(second);
  });

  it('says of every condition which edit it takes account of, and keeps since when it holds', () => {
    const status = after('03:05', { schedule: made() }, startedAt('03:05'));
    const edited = made({ spec: { task: 'Say goodbye.' }, status, generation: 2 });
    const next = after('03:07', { schedule: edited, runs: [runAt('03:05')] });
    const since = { status: 'True', lastTransitionTime: on('03:05') };
    expect(status.conditions).toMatchObject(['Accepted', 'Ready', 'Started'].map((type) => ({ type, ...since })));
    expect(next.conditions).toEqual(status.conditions?.map((said) => ({ ...said, observedGeneration: 2 })));
    expect(next.observedGeneration).toBe(2);
  });

  it('is the very same while nothing is new', () => {
    const schedule = made();
    const status = after('03:05', { schedule }, startedAt('03:05'));
    const runs = [runAt('03:05')];
    expect(after('03:07', { schedule: { ...schedule, status }, runs })).toBe(status);
  });

  it('counts all runs and lists the newest hundred, oldest first', () => {
    const runs = Array.from({ length: 130 }, (_, nth) =>
      runAt(new Date(ms('00:00') + nth * 60_000).toISOString().slice(11, 16), 'Running'),
    ).reverse();
    const { activeRuns, active = [] } = after('03:04', { schedule: made(), runs });
    expect([activeRuns, active.length]).toEqual([130, 100]);
    expect(active[0]?.name).toBe(scheduledRunName('nightly', ms('00:30')));
    expect(active.at(-1)?.name).toBe(scheduledRunName('nightly', ms('02:09')));
  });

  it('remembers the last success after its run is gone', () => {
    const schedule = made({ status: { lastSuccessfulTime: on('02:00') } });
    expect(after('03:04', { schedule, runs: [runAt('03:00', 'Succeeded')] }).lastSuccessfulTime).toBe(on('03:00'));
    expect(after('03:04', { schedule, runs: [runAt('03:00', 'Failed')] }).lastSuccessfulTime).toBe(on('02:00'));
  });
});
