import { scheduledRunName } from '@sympozium/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiInterposer, type Fate, type Write } from '../fixture/api-interposer.js';
import type { OwnOperator } from '../fixture/own-operator.js';
import { HOUR_MS, Scheduled } from '../fixture/scheduled.js';
import { until } from '../fixture/until.js';

let scheduled: Scheduled;
let api: ApiInterposer;

beforeAll(async () => {
  scheduled = await Scheduled.start('schedules-crash');
  api = await ApiInterposer.start(scheduled.system.operatorAccount.kubeconfig);
});

afterEach(async () => {
  api.arm(pass, async () => {});
  await scheduled.reset();
});

afterAll(async () => {
  await scheduled?.stop();
  await api?.stop();
});

const pass = (): Fate => 'pass';

/** Every write that a tick of a schedule with Replace and a short history makes. */
const WRITES: Readonly<Record<string, RegExp>> = {
  'cancels the run before': /^PATCH .*\/agentruns\/[^/]+$/,
  'starts the run': /^POST .*\/agentruns$/,
  'tells of the tick': /^PATCH .*\/sympoziumschedules\/[^/]+\/status$/,
  'removes the run before': /^DELETE .*\/agentruns\/[^/]+$/,
};
const KILLS = ['kill-before', 'kill-after'] as const;
const points = Object.keys(WRITES).flatMap((what) => KILLS.map((fate) => ({ fate, what })));

/** Lets the operator die at the first write that is meant; from then on nothing of it arrives. Resolves when it is dead. */
const killAt = (operator: () => OwnOperator, fate: Fate, isMeant: (write: Write) => boolean): Promise<void> =>
  new Promise((resolve) => {
    let dead = false;
    api.arm(
      (write) => {
        if (dead) return 'reset-before';
        dead = isMeant(write);
        return dead ? fate : 'pass';
      },
      async () => {
        await operator().kill();
        resolve();
      },
    );
  });

async function restart(): Promise<void> {
  api.arm(pass, async () => {});
  await scheduled.operate(api.kubeconfig);
}

describe('a tick fires exactly once though the operator is killed', () => {
  it.each(points)('$fate it $what', async ({ fate, what }) => {
    const name = `${fate}-${Object.keys(WRITES).indexOf(what)}`;
    await scheduled.create(name, { concurrencyPolicy: 'Replace', history: { succeeded: 0, failed: 0 } });
    const operator = await scheduled.operate(api.kubeconfig);
    const before = await scheduled.tickStarts(name);
    const killed = killAt(
      () => operator,
      fate,
      ({ method, path }) => WRITES[what]?.test(`${method} ${path}`) ?? false,
    );
    const tick = await scheduled.passToTick(name);
    await killed;
    await restart();
    await scheduled.dealtWith(name, tick);
    const own = scheduledRunName(name, tick);
    await until('only its run is left', async () => (await scheduled.namesOf(name)).join() === own);
    expect(scheduled.made(name)).toEqual([before.metadata.name, own]);
    expect(await scheduled.get(name)).toMatchObject({ status: { activeRuns: 1, active: [{ name: own }] } });
    expect((await scheduled.get(name)).status?.missedTicks ?? 0).toBe(0);
  });

  it.each(KILLS)('%s it tells that it has seen the schedule', async (fate) => {
    const name = `${fate}-first`;
    const killed = killAt(
      () => operator,
      fate,
      ({ path }) => path.endsWith(`/sympoziumschedules/${name}/status`),
    );
    const operator = await scheduled.operate(api.kubeconfig);
    await scheduled.create(name);
    await killed;
    await restart();
    const run = await scheduled.tickStarts(name);
    expect(scheduled.made(name)).toEqual([run.metadata.name]);
  });
});

describe('a tick fires exactly once', () => {
  it.each(['Allow', 'Forbid', 'Replace'] as const)('though two operators work at once, %s', async (policy) => {
    const name = `two-${policy.toLowerCase()}`;
    await scheduled.create(name, { concurrencyPolicy: policy, history: { succeeded: 9, failed: 9 } });
    await Promise.all([scheduled.operate(), scheduled.operate()]);
    const ticks: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const tick = await scheduled.passToTick(name);
      await scheduled.dealtWith(name, tick);
      ticks.push(tick);
      if (policy !== 'Allow') expect((await scheduled.openRunsOf(name)).length).toBe(1);
    }
    await scheduled.system.quiet();
    const started = policy === 'Forbid' ? ticks.slice(0, 1) : ticks;
    expect(scheduled.made(name)).toEqual(started.map((tick) => scheduledRunName(name, tick)));
    expect((await scheduled.get(name)).status?.missedTicks ?? 0).toBe(ticks.length - started.length);
  });

  it('though the clock is set forward and back', async () => {
    await scheduled.create('set');
    await scheduled.operate();
    const first = await scheduled.tickStarts('set');
    const next = await scheduled.nextTick('set');
    scheduled.clock.setBy(next - scheduled.clock.now() + 4.5 * HOUR_MS);
    scheduled.clock.pass(60_000);
    const newest = next + 4 * HOUR_MS;
    const { missedTicks } = await scheduled.dealtWith('set', newest);
    expect(missedTicks).toBe(4);
    scheduled.clock.setBy(-5 * HOUR_MS);
    expect(await scheduled.nextTick('set')).toBe(newest + HOUR_MS);
    for (let n = 0; n < 5; n += 1) {
      scheduled.clock.pass(HOUR_MS); // the ticks that were have their time once more
      await scheduled.system.quiet(300);
    }
    const after = await scheduled.passToTick('set');
    await scheduled.dealtWith('set', after);
    const names = [newest, newest + HOUR_MS].map((tick) => scheduledRunName('set', tick));
    expect(scheduled.made('set')).toEqual([first.metadata.name, ...names]);
    expect((await scheduled.get('set')).status?.missedTicks).toBe(4);
  });

  it('though no operator was there for many ticks: the last one, if it is not too late', async () => {
    await scheduled.create('away', { startingDeadlineSeconds: 600 });
    await scheduled.create('late', { startingDeadlineSeconds: 60 });
    const operator = await scheduled.operate();
    const next = await scheduled.nextTick('away');
    expect(await scheduled.nextTick('late')).toBe(next);
    await operator.stop();
    const newest = next + 100 * HOUR_MS;
    scheduled.clock.pass(newest + 300_000 - scheduled.clock.now());
    await scheduled.operate();
    expect((await scheduled.dealtWith('away', newest)).missedTicks).toBe(100);
    expect((await scheduled.dealtWith('late', newest)).missedTicks).toBe(101);
    expect(scheduled.made('away')).toEqual([scheduledRunName('away', newest)]);
    expect(scheduled.made('late')).toEqual([]);
    expect(await scheduled.condition('late', 'Started')).toMatchObject({ status: 'False', reason: 'TickMissed' });
  });
});
