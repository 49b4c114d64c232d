import type { SympoziumScheduleStatus } from '@sympozium/api';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import { describe, expect, it } from 'vitest';
import { after, armed, EVERY_5, made, ms, on, plan, runAt } from '../testing/planned-schedule.js';

describe('ticks that are due', () => {
  it('none before the first one', () => {
    expect(plan('03:04:59', made())).toEqual({
      armed: armed(),
      lastTick: undefined,
      missed: 0,
      step: undefined,
      next: ms('03:05'),
      wakeAt: ms('03:05'),
      surplus: [],
    });
  });

  it('one at its very time', () => {
    const due = plan('03:05', made());
    expect(due).toMatchObject({ missed: 0, step: { tick: ms('03:05'), act: 'start' }, next: ms('03:10') });
  });

  it('not the one in whose minute the schedule was made', () => {
    const { step, next } = plan('03:00:30', made({ status: null }));
    expect([step, next]).toEqual([undefined, ms('03:05')]);
  });

  it('of several only the newest starts, the others are missed', () => {
    expect(plan('03:22', made())).toMatchObject({
      missed: 3,
      lastTick: ms('03:15'),
      step: { tick: ms('03:20'), act: 'start' },
      next: ms('03:25'),
    });
  });

  it('those that an earlier life started, and could not tell of, are not missed', () => {
    const runs = [runAt('03:10', 'Succeeded'), runAt('03:00', 'Succeeded'), runAt('03:20')];
    expect(plan('03:22', made(), runs)).toMatchObject({ missed: 2, lastTick: ms('03:15'), step: { act: 'found' } });
  });

  it('none that was dealt with, whatever the clock says', () => {
    const schedule = made({ status: { lastTickTime: on('03:20') } });
    for (const time of ['03:22', '03:17', '02:59'])
      expect(plan(time, schedule)).toMatchObject({
        missed: 0,
        step: undefined,
        next: ms('03:25'),
        lastTick: ms('03:20'),
      });
    expect(plan('03:25', schedule).step).toEqual({ tick: ms('03:25'), act: 'start' });
  });

  it('counts a thousand at most', () => {
    const schedule = made({ status: { armed: { ...armed(), since: '2020-01-01T00:00:00Z' } } });
    expect(plan('03:22', schedule)).toMatchObject({ missed: 999, step: { tick: ms('03:20') } });
  });
});

describe('a schedule that nobody has looked at', () => {
  it('has had ticks since it was made', () => {
    expect(plan('03:12', made({ status: null }))).toMatchObject({
      armed: armed('03:00'),
      missed: 1,
      step: { tick: ms('03:10'), act: 'start' },
    });
  });

  it('and was changed since has them from now on', () => {
    const changed = made({ status: null, generation: 2 });
    expect(plan('03:12', changed)).toMatchObject({ armed: armed('03:12'), step: undefined, next: ms('03:15') });
  });
});

describe('an edit', () => {
  it.each([
    ['of the expression', { schedule: '*/4 * * * *' }, armed('03:12:30', '*/4 * * * *'), '03:16'],
    ['of the zone', { timeZone: 'Asia/Kathmandu' }, armed('03:12:30', EVERY_5, 'Asia/Kathmandu'), '03:15'],
  ])('%s makes ticks count from now on, also those that were dealt with', (_what, spec, expected, next) => {
    const schedule = made({ spec, status: { lastTickTime: on('03:30') } });
    const planned = plan('03:12:30', schedule);
    expect(planned).toMatchObject({ armed: expected, missed: 0, step: undefined, next: ms(next) });
    expect(planned.lastTick).toBeUndefined();
    expect(after('03:12:30', { schedule })).not.toHaveProperty('lastTickTime');
  });

  it('of anything else changes nothing about them', () => {
    const schedule = made({ spec: { task: 'Say goodbye.', concurrencyPolicy: 'Forbid' }, generation: 7 });
    expect(plan('03:12', schedule)).toMatchObject({ armed: armed(), missed: 1, step: { tick: ms('03:10') } });
  });
});

describe('suspension', () => {
  const status = { lastTickTime: on('03:05'), lastScheduleTime: on('03:05') };

  it('has no ticks, and keeps what was', () => {
    const schedule = made({ spec: { suspend: true }, status });
    const planned = plan('03:12', schedule);
    expect(planned).toEqual({ lastTick: ms('03:05'), missed: 0, surplus: [] });
    const folded = after('03:12', { schedule });
    expect(folded).toMatchObject({
      ...status,
      conditions: [{}, { type: 'Ready', status: 'False', reason: 'Suspended' }],
    });
    expect(folded).not.toHaveProperty('armed');
    expect(folded).not.toHaveProperty('nextScheduleTime');
  });

  it('is not made up for when it ends', () => {
    const schedule = made({ status: { ...status, armed: undefined } });
    expect(plan('03:20', schedule)).toMatchObject({
      armed: armed('03:20'),
      missed: 0,
      step: undefined,
      next: ms('03:25'),
    });
    expect(after('03:20', { schedule })).toMatchObject({ lastScheduleTime: on('03:05'), missedTicks: 0 });
  });
});

describe('what is not valid', () => {
  it.each([
    [{ schedule: '61 * * * *' }, 'ScheduleInvalid'],
    [{ schedule: '0 0 30 2 *' }, 'ScheduleNeverFires'],
    [{ timeZone: 'Europe/Olso' }, 'TimeZoneUnknown'],
    [{ timeZone: 'Europe/Olso', suspend: true }, 'TimeZoneUnknown'],
  ])('%j has no ticks and says %s', (spec, reason) => {
    const schedule = made({ spec });
    expect(plan('03:12', schedule)).toEqual({ lastTick: undefined, missed: 0, surplus: [] });
    expect(after('03:12', { schedule }).conditions).toMatchObject([{}, { type: 'Ready', status: 'False', reason }]);
  });
});

describe('a tick that is late', () => {
  const spec = { startingDeadlineSeconds: 60 };

  it('starts up to its deadline', () => {
    expect(plan('03:06', made({ spec })).step).toEqual({ tick: ms('03:05'), act: 'start' });
    const { step, lastTick } = plan('03:06:01', made({ spec }));
    expect(step).toMatchObject({ tick: ms('03:05'), act: 'skip', reason: 'TickMissed' });
    expect(step).toMatchObject({ message: expect.stringContaining('2026-01-02T03:05:00Z was 61 s late') as string });
    expect(lastTick).toBeUndefined();
  });

  it('has its run nevertheless where it was started in time', () => {
    const own = runAt('03:05', 'Succeeded');
    expect(plan('03:09', made({ spec }), [own]).step).toEqual({ tick: ms('03:05'), act: 'found', run: own });
  });

  it('without a deadline starts however late', () => {
    expect(
      plan('23:59', made({ spec: { schedule: '5 3 * * *' }, status: { armed: armed('03:00', '5 3 * * *') } })).step,
    ).toEqual({
      tick: ms('03:05'),
      act: 'start',
    });
  });
});

describe('a tick while a run has not ended', () => {
  const earlier = runAt('03:00');

  it.each(['Pending', 'Running'] as const)('starts another one where it is allowed, with one %s', (phase) => {
    expect(plan('03:05', made(), [runAt('03:00', phase)]).step).toEqual({ tick: ms('03:05'), act: 'start' });
  });

  it('is skipped where it is forbidden', () => {
    const { step } = plan('03:05', made({ spec: { concurrencyPolicy: 'Forbid' } }), [earlier]);
    expect(step).toMatchObject({ act: 'skip', reason: 'TickOverlapped', tick: ms('03:05') });
    for (const words of ['2026-01-02T03:05:00Z', earlier.metadata.name])
      expect(step).toMatchObject({ message: expect.stringContaining(words) as string });
  });

  it('waits where it replaces it, and cancels what is not cancelled', () => {
    const spec = { concurrencyPolicy: 'Replace' as const };
    const [one, two] = [runAt('02:55', 'Pending'), runAt('03:00', 'Running', { cancel: true })];
    expect(plan('03:05', made({ spec }), [two, one])).toMatchObject({
      step: { tick: ms('03:05'), act: 'wait', cancel: [one] },
      lastTick: undefined,
      wakeAt: ms('03:10'),
    });
    expect(plan('03:05', made({ spec }), [runAt('03:00', 'Failed')]).step).toEqual({ tick: ms('03:05'), act: 'start' });
  });

  it('waits no longer than its deadline, or than the next tick', () => {
    const spec = { concurrencyPolicy: 'Replace' as const, startingDeadlineSeconds: 60 };
    expect(plan('03:05', made({ spec }), [earlier]).wakeAt).toBe(ms('03:06') + 1);
    expect(plan('03:06:01', made({ spec }), [earlier]).step).toMatchObject({ act: 'skip', reason: 'TickMissed' });
    expect(plan('03:10', made({ spec }), [earlier])).toMatchObject({
      missed: 1,
      lastTick: ms('03:05'),
      step: { tick: ms('03:10'), act: 'wait' },
    });
  });

  it.each(['Forbid', 'Replace'] as const)('is not in its own way: %s', (concurrencyPolicy) => {
    const own = runAt('03:05');
    expect(plan('03:05:10', made({ spec: { concurrencyPolicy } }), [own]).step).toMatchObject({
      act: 'found',
      run: own,
    });
  });

  it.each(['Forbid', 'Replace'] as const)('does not mind those that have: %s', (concurrencyPolicy) => {
    const ended = [runAt('02:55', 'Succeeded'), runAt('03:00', 'Failed')];
    expect(plan('03:05', made({ spec: { concurrencyPolicy } }), ended).step).toEqual({
      tick: ms('03:05'),
      act: 'start',
    });
  });
});

describe('the history', () => {
  const outOfTurn = agentRun({
    metadata: { name: 'nightly-now', uid: 'now', creationTimestamp: on('03:07') },
    status: { phase: 'Succeeded' },
  });
  const runs = [
    runAt('03:05', 'Succeeded'),
    runAt('03:10', 'Succeeded'),
    runAt('03:15', 'Failed'),
    runAt('03:20', 'Failed'),
    runAt('03:25', 'Running'),
    outOfTurn,
  ].reverse();
  const surplusOf = (history: { succeeded: number; failed: number }, lastTickTime = on('03:25')): string[] =>
    plan('03:26', made({ spec: { history }, status: { lastTickTime } }), runs).surplus.map(
      ({ metadata }) => metadata.uid ?? '',
    );

  it.each([
    [{ succeeded: 3, failed: 2 }, []],
    [{ succeeded: 3, failed: 1 }, ['03:15']],
    [{ succeeded: 2, failed: 2 }, ['03:05']],
    [{ succeeded: 1, failed: 2 }, ['03:05', 'now']],
    [{ succeeded: 0, failed: 0 }, ['03:05', 'now', '03:10', '03:15', '03:20']],
  ])('%j lets %j go, the oldest first', (history, expected) => {
    expect(surplusOf(history)).toEqual(expected);
  });

  it('keeps the run of a tick of which the status does not tell yet', () => {
    expect(surplusOf({ succeeded: 0, failed: 0 }, on('03:10'))).toEqual(['03:05', 'now', '03:10']);
  });

  it('lets go what is older than the last change of the schedule', () => {
    const schedule = made({ spec: { history: { succeeded: 0, failed: 0 } }, status: { armed: armed('03:12') } });
    expect(plan('03:13', schedule, runs).surplus.map(({ metadata }) => metadata.uid)).toEqual([
      '03:05',
      'now',
      '03:10',
    ]);
  });

  it('lets go what is older than now while the schedule rests, which makes nothing up for later', () => {
    const spec = { suspend: true, history: { succeeded: 0, failed: 0 } };
    const surplus = (status: Partial<SympoziumScheduleStatus>) =>
      plan('03:17', made({ spec, status }), runs).surplus.map(({ metadata }) => metadata.uid);
    expect(surplus({ armed: undefined })).toEqual(['03:05', 'now', '03:10', '03:15']);
    // The stored status does not tell of the suspension yet.
    expect(surplus({})).toEqual(['now']);
  });

  it('does not count what is being deleted', () => {
    const leaving = runs.map((run) =>
      run.metadata.uid === '03:15' ? { ...run, metadata: { ...run.metadata, deletionTimestamp: on('03:26') } } : run,
    );
    const schedule = made({ spec: { history: { succeeded: 3, failed: 1 } }, status: { lastTickTime: on('03:25') } });
    expect(plan('03:26', schedule, leaving).surplus).toEqual([]);
  });
});
