import { AGENT_RUN, ownerReference, SYMPOZIUM_INSTANCE, SYMPOZIUM_SCHEDULE } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { JOB } from '@sympozium/plugin-sdk/manifests';
import { agentRun } from '@sympozium/plugin-sdk/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, ScheduleRig, type ScheduleParts } from '../testing/index.js';

const rigs: ScheduleRig[] = [];
let rig: ScheduleRig;

beforeEach(async () => {
  rig = await ScheduleRig.started();
  rigs.push(rig);
});

afterEach(async () => {
  await Promise.all(rigs.splice(0).map((one) => one.stop()));
});

/** Runs of ticks of 2026-01-02 that are every five minutes. */
const RUN = { '03:05': 'nightly-29455385', '03:10': 'nightly-29455390', '03:15': 'nightly-29455395' } as const;

const names = (): string[] => rig.runs().map(({ metadata }) => metadata.name);

async function begun(parts: ScheduleParts = {}): Promise<void> {
  rig.schedule(parts);
  await rig.quiet();
  rig.client.forgetCalls();
}

describe('a tick', () => {
  it('costs two writes, and the end of its run one more', async () => {
    rig.schedule();
    await rig.quiet();
    expect(rig.scheduleWrites).toEqual(['PATCH sympoziumschedules/status']);
    expect(rig.condition('Ready')).toMatchObject({ status: 'True', reason: 'Scheduled' });
    await rig.until('03:05:00');
    const tick = ['POST agentruns', 'PATCH sympoziumschedules/status'];
    expect(rig.scheduleWrites.slice(1)).toEqual(tick);
    expect(rig.status()).toMatchObject({ activeRuns: 1, active: [{ name: RUN['03:05'] }] });
    await rig.end();
    expect(rig.scheduleWrites.slice(3)).toEqual(['PATCH sympoziumschedules/status']);
    expect(rig.status()).toMatchObject({ activeRuns: 0, lastSuccessfulTime: '2026-01-02T03:05:00Z', missedTicks: 0 });
    expect(rig.status()).not.toHaveProperty('active');
  });

  it('makes the task run of its instance that the schedule owns, and nobody adopts', async () => {
    await begun({ task: 'Tell me what is new.' });
    await rig.until('03:05:00');
    const [run] = rig.runs();
    expect(run).toMatchObject({
      metadata: {
        name: RUN['03:05'],
        labels: { 'sympozium.ai/schedule': 'nightly', 'sympozium.ai/instance': 'demo', 'sympozium.ai/mode': 'task' },
        annotations: {
          'sympozium.ai/scheduled-at': '2026-01-02T03:05:00Z',
          'sympozium.ai/submitted-at': '2026-01-02T03:05:00.000000Z',
        },
      },
      spec: { mode: 'task', instanceRef: { name: 'demo' }, task: 'Tell me what is new.' },
    });
    expect(run?.metadata.ownerReferences).toMatchObject([
      { kind: 'SympoziumSchedule', name: 'nightly', controller: true },
    ]);
    expect(rig.jobs()).toHaveLength(1);
  });

  it('of a run that is out of turn none: it counts as active only', async () => {
    await begun({ concurrencyPolicy: 'Forbid' });
    const schedule = rig.server.get(SYMPOZIUM_SCHEDULE, at('nightly'));
    const labels = { 'sympozium.ai/schedule': 'nightly' };
    const metadata = { name: 'nightly-now', labels, ownerReferences: [ownerReference(schedule)] };
    rig.server.create(AGENT_RUN, agentRun({ metadata, spec: { mode: 'task' } }));
    await rig.quiet();
    expect(rig.status()).toMatchObject({ activeRuns: 1, active: [{ name: 'nightly-now' }] });
    expect(rig.status()).not.toHaveProperty('lastScheduleTime');
    await rig.until('03:05:00');
    expect(rig.condition('Started')).toMatchObject({ status: 'False', reason: 'TickOverlapped' });
  });
});

describe('while a run has not ended', () => {
  it('Allow starts another one beside it', async () => {
    await begun();
    await rig.until('03:10:00');
    expect(rig.open()).toEqual([RUN['03:05'], RUN['03:10']]);
    expect(rig.client.calls.filter(({ verb, kind }) => verb === 'list' && kind === AGENT_RUN)).toEqual([]);
  });

  it('Forbid skips its ticks for good, and says which and why', async () => {
    await begun({ concurrencyPolicy: 'Forbid' });
    await rig.until('03:10:00');
    expect(names()).toEqual([RUN['03:05']]);
    const skipped = rig.condition('Started');
    expect(skipped).toMatchObject({ status: 'False', reason: 'TickOverlapped' });
    for (const words of ['2026-01-02T03:10:00Z', RUN['03:05']]) expect(skipped?.message).toContain(words);
    expect(rig.status()).toMatchObject({ missedTicks: 1, lastScheduleTime: '2026-01-02T03:05:00Z' });
    await rig.end();
    await rig.until('03:14:00');
    expect(names()).toEqual([RUN['03:05']]);
    await rig.until('03:15:00');
    expect(rig.open()).toEqual([RUN['03:15']]);
    expect(rig.condition('Started')).toMatchObject({ status: 'True', message: '' });
  });

  it('Replace cancels it for real, and starts the next one when it has ended', async () => {
    await begun({ concurrencyPolicy: 'Replace' });
    await rig.until('03:05:00');
    // The agent works, and takes its time to stop.
    rig.pod({ state: 'running', startedAt: rig.now() }, RUN['03:05']);
    await rig.quiet();
    const over = holdBack(RUN['03:05']);
    await rig.until('03:10:00');
    expect(rig.stored(RUN['03:05'])?.spec.cancel).toBe(true);
    expect(rig.server.peek(JOB, at(RUN['03:05']))).toMatchObject({ spec: { suspend: true } });
    expect(names()).toEqual([RUN['03:05']]);
    await rig.until('03:11:30');
    expect(names()).toEqual([RUN['03:05']]);
    over();
    await rig.advance(90_000);
    expect(rig.stored(RUN['03:05'])?.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
    expect(rig.open()).toEqual([RUN['03:10']]);
    expect(rig.status()).toMatchObject({ lastTickTime: '2026-01-02T03:10:00Z', missedTicks: 0 });
  });

  it('Replace gives a tick up that has waited for its deadline', async () => {
    await begun({ concurrencyPolicy: 'Replace', startingDeadlineSeconds: 60 });
    await rig.until('03:05:00');
    rig.pod({ state: 'running', startedAt: rig.now() }, RUN['03:05']);
    await rig.quiet();
    const over = holdBack(RUN['03:05']);
    await rig.until('03:11:01');
    expect(rig.condition('Started')).toMatchObject({ status: 'False', reason: 'TickMissed' });
    over();
    await rig.until('03:14:00');
    expect(names()).toEqual([RUN['03:05']]);
    await rig.until('03:15:00');
    expect(rig.open()).toEqual([RUN['03:15']]);
  });
});

/** Nothing tells of the end of this run until the returned function is called. */
const holdBack = (run: string): (() => void) =>
  rig.client.fail(
    ({ verb, kind, name, subresource }) =>
      verb === 'patch' && kind === AGENT_RUN && name === run && subresource === 'status',
    new KubeError(0, 'Unreachable', 'not yet'),
    { times: Infinity },
  );

describe('suspension', () => {
  it('starts nothing and makes nothing up for later', async () => {
    await begun();
    rig.edit({ suspend: true });
    await rig.until('03:12:00');
    expect(names()).toEqual([]);
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'Suspended' });
    rig.edit({ suspend: false });
    await rig.until('03:14:59');
    expect(names()).toEqual([]);
    expect(rig.status()).toMatchObject({ nextScheduleTime: '2026-01-02T03:15:00Z', missedTicks: 0 });
    await rig.until('03:15:00');
    expect(names()).toEqual([RUN['03:15']]);
  });

  it('leaves what runs alone', async () => {
    await begun();
    await rig.until('03:05:00');
    rig.edit({ suspend: true });
    await rig.quiet();
    expect(rig.status()).toMatchObject({ activeRuns: 1 });
    await rig.end();
    expect(rig.status()).toMatchObject({ activeRuns: 0, lastSuccessfulTime: '2026-01-02T03:05:00Z' });
  });
});

describe('a schedule that is not valid', () => {
  it('says why once, and goes on when it is mended, from then on', async () => {
    await begun({ schedule: '61 * * * *' });
    expect(rig.condition('Ready')).toMatchObject({ status: 'False', reason: 'ScheduleInvalid' });
    await rig.until('06:02:00');
    expect(rig.scheduleWrites).toEqual([]);
    rig.edit({ schedule: '*/5 * * * *' });
    await rig.quiet();
    expect(rig.condition('Ready')).toMatchObject({ status: 'True', reason: 'Scheduled' });
    expect(rig.status()).toMatchObject({ nextScheduleTime: '2026-01-02T06:05:00Z', missedTicks: 0 });
  });
});

describe('an instance that is missing', () => {
  it('is named; the run of a tick waits for it', async () => {
    await begun({ instanceRef: { name: 'later' } });
    expect(rig.condition('Accepted')).toMatchObject({ status: 'False', reason: 'InstanceNotFound' });
    expect(rig.condition('Accepted')?.message).toContain('later');
    expect(rig.condition('Ready')).toMatchObject({ status: 'True' });
    await rig.until('03:05:00');
    expect(rig.stored(RUN['03:05'])?.status).toMatchObject({ phase: 'Pending', reason: 'InstanceNotFound' });
    rig.instance({ metadata: { name: 'later', uid: 'later' } });
    await rig.quiet();
    expect(rig.condition('Accepted')).toMatchObject({ status: 'True', reason: 'Accepted', message: '' });
    expect(rig.jobs()).toHaveLength(1);
    rig.server.delete(SYMPOZIUM_INSTANCE, at('later'));
    await rig.quiet();
    expect(rig.condition('Accepted')).toMatchObject({ status: 'False' });
  });
});

describe('a run that cannot be made', () => {
  it('because it is refused costs its tick, which is told in the words of the API server', async () => {
    await begun();
    const quota = new KubeError(403, 'Forbidden', 'exceeded quota: runs');
    rig.client.fail(({ verb, kind }) => verb === 'create' && kind === AGENT_RUN, quota);
    await rig.until('03:09:00');
    expect(rig.scheduleWrites).toEqual(['POST agentruns', 'PATCH sympoziumschedules/status']);
    expect(rig.condition('Started')).toMatchObject({ status: 'False', reason: 'ApplyFailed' });
    expect(rig.condition('Started')?.message).toContain('exceeded quota: runs');
    expect(rig.status()).toMatchObject({ missedTicks: 1, lastTickTime: '2026-01-02T03:05:00Z' });
    await rig.until('03:10:00');
    expect(names()).toEqual([RUN['03:10']]);
  });

  it('because its name is taken costs its tick, and leaves the holder alone', async () => {
    await begun();
    const holder = rig.run({ metadata: { name: RUN['03:05'] }, spec: { mode: 'task' } });
    await rig.until('03:05:00');
    expect(rig.condition('Started')).toMatchObject({ status: 'False', reason: 'NameConflict' });
    expect(rig.condition('Started')?.message).toContain(RUN['03:05']);
    expect(rig.stored(RUN['03:05'])?.metadata.uid).toBe(holder.metadata.uid);
    expect(rig.status()).toMatchObject({ missedTicks: 1, activeRuns: 0 });
  });

  it('because the API server fails is made when it works again', async () => {
    await begun();
    const fails = new KubeError(500, 'InternalError', 'oops');
    const end = rig.client.fail(({ verb, kind }) => verb === 'create' && kind === AGENT_RUN, fails, {
      times: Infinity,
    });
    await rig.until('03:06:00');
    expect(rig.status()).not.toHaveProperty('lastTickTime');
    end();
    await rig.until('03:08:30');
    expect(rig.open()).toEqual([RUN['03:05']]);
  });
});

describe('the history', () => {
  it('keeps what it is told to of each kind of end', async () => {
    await begun({ history: { succeeded: 1, failed: 1 } });
    for (const [tick, state] of [
      ['03:05:00', 'succeeded'],
      ['03:10:00', 'failed'],
      ['03:15:00', 'failed'],
      ['03:20:00', 'succeeded'],
      ['03:25:00', 'succeeded'],
    ] as const) {
      await rig.until(tick);
      await rig.end(rig.open()[0], state);
    }
    expect(rig.runs().map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
      [RUN['03:15'], 'Failed'],
      ['nightly-29455405', 'Succeeded'],
    ]);
    expect(rig.status()).toMatchObject({ missedTicks: 0, lastSuccessfulTime: '2026-01-02T03:25:00Z' });
  });

  it('of nothing deletes each run when it has ended, once its tick is recorded', async () => {
    await begun({ history: { succeeded: 0, failed: 0 } });
    await rig.until('03:05:00');
    expect(names()).toEqual([RUN['03:05']]);
    await rig.end();
    expect(names()).toEqual([]);
    await rig.until('03:09:59');
    expect(names()).toEqual([]);
  });
});

describe('deletion', () => {
  beforeEach(async () => {
    await begun();
    await rig.until('03:05:00');
    await rig.end();
    await rig.until('03:10:00');
  });

  it.each(['Background', 'Foreground'] as const)('in the %s takes its runs, and theirs', async (propagationPolicy) => {
    rig.server.delete(SYMPOZIUM_SCHEDULE, at('nightly'), { propagationPolicy });
    await rig.collect();
    expect([rig.runs(), rig.jobs(), rig.status()]).toEqual([[], [], undefined]);
    await rig.until('03:31:00');
    expect(rig.runs()).toEqual([]);
  });

  it('with orphans leaves them: they go on, and are the instance’s', async () => {
    rig.server.delete(SYMPOZIUM_SCHEDULE, at('nightly'), { propagationPolicy: 'Orphan' });
    await rig.collect();
    expect(names()).toEqual([RUN['03:05'], RUN['03:10']]);
    for (const { metadata } of rig.runs())
      expect(metadata.ownerReferences).toMatchObject([{ kind: 'SympoziumInstance', name: 'demo', controller: true }]);
    await rig.end();
    expect(rig.stored(RUN['03:10'])?.status.phase).toBe('Succeeded');
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    await rig.collect();
    expect([rig.runs(), rig.jobs()]).toEqual([[], []]);
  });

  it('that waits for its runs starts no more', async () => {
    rig.server.delete(SYMPOZIUM_SCHEDULE, at('nightly'), { propagationPolicy: 'Foreground' });
    rig.client.forgetCalls();
    await rig.until('03:31:00');
    expect(names()).toEqual([RUN['03:05'], RUN['03:10']]);
    expect(rig.scheduleWrites).toEqual([]);
  });

  it('of its instance leaves the schedule’s runs to the schedule', async () => {
    rig.server.delete(SYMPOZIUM_INSTANCE, at('demo'));
    await rig.collect();
    expect(names()).toEqual([RUN['03:05'], RUN['03:10']]);
  });
});

it('a schedule that was made again under its name has nothing of the first one', async () => {
  await begun();
  await rig.until('03:05:00');
  rig.server.delete(SYMPOZIUM_SCHEDULE, at('nightly'));
  rig.schedule({ concurrencyPolicy: 'Forbid' });
  await rig.quiet();
  expect(rig.status()).toMatchObject({ activeRuns: 0, missedTicks: 0, armed: { since: '2026-01-02T03:05:00Z' } });
  rig.server.collectGarbage();
  await rig.until('03:10:00');
  expect(rig.open()).toEqual([RUN['03:10']]);
});

it('a schedule that waits makes no write for a day, nor when the operator starts again', async () => {
  await begun({ schedule: '0 3 1 1 *' });
  await rig.advance(24 * 60 * 60_000);
  await rig.restart();
  await rig.advance(60_000);
  expect(rig.allWrites).toEqual([]);
  expect(rig.status()).toMatchObject({ nextScheduleTime: '2027-01-01T03:00:00Z' });
}, 30_000);
