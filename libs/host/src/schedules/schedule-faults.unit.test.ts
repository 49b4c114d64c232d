import { AGENT_RUN, SYMPOZIUM_SCHEDULE, type AgentRun, type SympoziumScheduleSpec } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { isWrite, type Call } from '@sympozium/kube/testing';
import { seededRandom, settle } from '@sympozium/process/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { at, ScheduleRig } from '../testing/index.js';

const rigs: ScheduleRig[] = [];
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
});

async function newRig(beside?: ScheduleRig): Promise<ScheduleRig> {
  const rig = await ScheduleRig.started(beside);
  rigs.push(rig);
  return rig;
}

type Policy = SympoziumScheduleSpec['concurrencyPolicy'];
const POLICIES: readonly Policy[] = ['Allow', 'Forbid', 'Replace'];

/** Writes for schedules; what becomes of a run once it is there is tested elsewhere. */
const isScheduleWrite = (call: Call): boolean =>
  isWrite(call) &&
  (call.kind?.plural === SYMPOZIUM_SCHEDULE.plural || (call.kind === AGENT_RUN && call.subresource === undefined));

const dead = new KubeError(0, 'Unreachable', 'the operator is dead');

/** Steps of a life, each with what has started by then under each policy. */
interface LifeStep {
  readonly does: (rig: ScheduleRig) => unknown;
  readonly starts?: Partial<Record<Policy, string>>;
}

const all = (tick: string): Record<Policy, string> => ({ Allow: tick, Forbid: tick, Replace: tick });

const LIFE: readonly LifeStep[] = [
  { does: (rig) => rig.until('03:05:00'), starts: all('03:05') },
  { does: (rig) => rig.end() },
  { does: (rig) => rig.until('03:10:00'), starts: all('03:10') },
  // The run of the tick before has not ended.
  { does: (rig) => rig.until('03:15:00'), starts: { Allow: '03:15', Replace: '03:15' } },
  { does: (rig) => rig.end() },
  { does: (rig) => rig.edit({ schedule: '18 * * * *' }) },
  { does: (rig) => rig.until('03:18:00'), starts: all('03:18') },
  { does: (rig) => rig.edit({ suspend: true }) },
  { does: (rig) => rig.end() },
  { does: (rig) => rig.until('03:21:00') },
  { does: (rig) => rig.edit({ suspend: false, schedule: '*/5 * * * *' }) },
  { does: (rig) => rig.until('03:25:00'), starts: all('03:25') },
  { does: (rig) => rig.end() },
];

/** Plays the agents of cancelled runs, which stop. */
async function stopCancelled(rig: ScheduleRig): Promise<void> {
  for (const name of rig.endable()) if (rig.stored(name)?.spec.cancel === true) await rig.end(name);
  await rig.advance(1_000);
}

async function liveThrough(rig: ScheduleRig, policy: Policy, mend: () => Promise<void>): Promise<void> {
  const made = rig.witness();
  const expected: string[] = [];
  rig.schedule({ concurrencyPolicy: policy, history: { succeeded: 1, failed: 1 } });
  await rig.quiet();
  await mend();
  for (const { does, starts } of LIFE) {
    await does(rig);
    await rig.advance(1_000);
    await stopCancelled(rig);
    await mend();
    await stopCancelled(rig);
    const tick = starts?.[policy];
    if (tick !== undefined) expected.push(tick);
    expect(made.ticks).toEqual(expected);
  }
  if (policy !== 'Allow') expect(made.overlaps).toEqual([]);
  expect(rig.open()).toEqual([]);
  expect(rig.runs().filter(({ status }) => status.phase === 'Succeeded')).toHaveLength(1);
  expect(rig.status()).toMatchObject({
    activeRuns: 0,
    missedTicks: policy === 'Forbid' ? 1 : 0,
    lastScheduleTime: '2026-01-02T03:25:00Z',
    lastTickTime: '2026-01-02T03:25:00Z',
    nextScheduleTime: '2026-01-02T03:30:00Z',
  });
}

describe('an operator that is killed at any of its writes', () => {
  const kills = POLICIES.flatMap((policy) => (['before', 'after'] as const).map((when) => ({ policy, when })));

  it.each(kills)(
    '$when it starts every tick exactly once: $policy',
    async ({ policy, when }) => {
      const undisturbed = await newRig();
      await liveThrough(undisturbed, policy, async () => undefined);
      const total = undisturbed.client.calls.filter(isScheduleWrite).length;
      expect(total).toBeGreaterThan(18);

      for (let nth = 1; nth <= total; nth += 1) {
        const rig = await newRig();
        let killed = false;
        const kill = async (): Promise<never> => {
          killed = true;
          await rig.client.close();
          throw dead;
        };
        rig.client.intercept({ matches: isScheduleWrite, nth, [when]: kill });
        let restarted = false;
        await liveThrough(rig, policy, async () => {
          if (!killed || restarted) return;
          restarted = true;
          await rig.restart();
          await rig.advance(1_000);
        });
        expect(restarted).toBe(true);
        await rig.stop();
      }
    },
    60_000,
  );
});

describe('two operators at once', () => {
  /** Their calls take their time, each time another one. */
  function slow(rig: ScheduleRig, seed: number): void {
    const chance = seededRandom(seed);
    const wait = async (): Promise<void> => {
      for (let turns = Math.floor(chance.float() * 6); turns > 0; turns -= 1) await settle();
    };
    rig.client.intercept({ matches: isScheduleWrite, times: Infinity, before: wait, after: wait });
  }

  it.each(POLICIES)('start every tick once: %s', async (policy) => {
    let refused = 0;
    for (let seed = 1; seed <= 8; seed += 1) {
      const rig = await newRig();
      const other = await newRig(rig);
      slow(rig, seed);
      slow(other, -seed);
      await liveThrough(rig, policy, async () => {
        await other.quiet();
        await rig.quiet();
      });
      const made = [rig, other].flatMap(({ client }) =>
        client.calls.filter(({ verb, kind }) => verb === 'create' && kind === AGENT_RUN),
      );
      refused += made.length - new Set(made.map(({ name }) => name)).size;
    }
    // They met, or there was nothing to see here.
    expect(refused).toBeGreaterThan(8);
  });
});

describe('a clock that is set', () => {
  it('back starts no tick again, and goes on where it was', async () => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule();
    await rig.until('03:12:00');
    rig.setClock(-60 * 60_000);
    await rig.until('03:14:59');
    expect(made.ticks).toEqual(['03:05', '03:10']);
    expect(rig.status()).toMatchObject({ nextScheduleTime: '2026-01-02T03:15:00Z', missedTicks: 0 });
    await rig.until('03:15:00');
    expect(made.ticks).toEqual(['03:05', '03:10', '03:15']);
  });

  it('back before the schedule was made waits for its first tick', async () => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule();
    await rig.quiet();
    rig.setClock(-24 * 60 * 60_000);
    await rig.advance(60_000);
    expect(rig.status()).toMatchObject({ nextScheduleTime: '2026-01-02T03:05:00Z' });
    await rig.until('03:05:00');
    expect(made.ticks).toEqual(['03:05']);
  });

  it('forward over many ticks starts the last one within seconds, and counts the others', async () => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule();
    await rig.until('03:06:00');
    rig.setClock(60 * 60_000);
    await rig.advance(10_000);
    expect(made.ticks).toEqual(['03:05', '04:05']);
    expect(rig.status()).toMatchObject({ missedTicks: 11, nextScheduleTime: '2026-01-02T04:10:00Z' });
  });

  it('forward and back again starts nothing twice', async () => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule();
    await rig.until('03:06:00');
    rig.setClock(60 * 60_000);
    await rig.advance(10_000);
    rig.setClock(-60 * 60_000);
    await rig.until('04:09:59');
    expect(made.ticks).toEqual(['03:05', '04:05']);
    await rig.until('04:10:00');
    expect(made.ticks).toEqual(['03:05', '04:05', '04:10']);
  });
});

describe('a clock that was set years ahead', () => {
  it('and back silences the schedule, until it is suspended and resumed', async () => {
    const years = 3 * 365 * 24 * 60 * 60_000;
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule();
    await rig.until('03:06:00');
    rig.setClock(years);
    await rig.advance(10_000);
    expect(made.ticks).toHaveLength(2);
    rig.setClock(-years);
    await rig.until('03:16:00');
    expect(made.ticks).toHaveLength(2);
    rig.edit({ suspend: true });
    await rig.quiet();
    rig.edit({ suspend: false });
    await rig.until('03:20:00');
    expect(made.ticks.slice(2)).toEqual(['03:20']);
    expect(rig.status()).toMatchObject({ nextScheduleTime: '2026-01-02T03:25:00Z' });
  });
});

describe('an operator that was away', () => {
  async function away(rig: ScheduleRig, until: string): Promise<void> {
    await rig.client.close();
    await rig.until(until);
    await rig.restart();
  }

  it.each([
    ['starts the last tick', {}, ['05:00'], 23],
    ['starts it within its deadline', { startingDeadlineSeconds: 200 }, ['05:00'], 23],
    ['starts none when its deadline is over', { startingDeadlineSeconds: 60 }, [], 24],
  ])('over many ticks %s, and counts the others', async (_what, spec, expected, missedTicks) => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule(spec);
    await rig.quiet();
    await away(rig, '05:02:30');
    expect(made.ticks).toEqual(expected);
    expect(rig.status()).toMatchObject({ missedTicks, lastTickTime: '2026-01-02T05:00:00Z' });
    const reason = expected.length > 0 ? 'Started' : 'TickMissed';
    expect(rig.condition('Started')).toMatchObject({ reason });
    await rig.until('05:05:00');
    expect(made.ticks).toEqual([...expected, '05:05']);
    expect(rig.status()).toMatchObject({ missedTicks });
  });

  it('when the schedule was made starts its last tick', async () => {
    const rig = await newRig();
    const made = rig.witness();
    await rig.client.close();
    rig.schedule();
    await away(rig, '03:16:00');
    expect(made.ticks).toEqual(['03:15']);
    expect(rig.status()).toMatchObject({ missedTicks: 2 });
  });

  it('for years counts a thousand', async () => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule();
    await rig.quiet();
    await rig.client.close();
    rig.setClock(3 * 365 * 24 * 60 * 60_000);
    await rig.restart();
    expect(made.ticks).toHaveLength(1);
    expect(rig.status()).toMatchObject({ missedTicks: 999 });
  });
});

describe('caches that are behind', () => {
  it.each(['Forbid', 'Replace'] as const)('let no runs overlap: %s', async (concurrencyPolicy) => {
    const rig = await newRig();
    const other = await newRig(rig);
    const made = rig.witness();
    rig.schedule({ concurrencyPolicy, schedule: '5,6 3 * * *' });
    await rig.until('03:04:59');
    await other.quiet();
    // The other one starts the first tick, and this one, which could not write, sees nothing of it: its watches
    // are dead, and not silent for long enough yet that they are opened again.
    rig.client.watches.bookmark();
    await rig.quiet();
    rig.client.watches.freeze();
    const end = rig.client.fail(isScheduleWrite, dead, { times: Infinity });
    await rig.until('03:05:01');
    await other.quiet();
    expect(made.ticks).toEqual(['03:05']);
    await other.client.close();
    await rig.until('03:05:59');
    end();
    await rig.until('03:06:01');
    expect(made.overlaps).toEqual([]);
    rig.client.watches.thaw();
    await rig.advance(10_000);
    await stopCancelled(rig);
    expect(made.overlaps).toEqual([]);
    expect(made.ticks).toEqual(concurrencyPolicy === 'Forbid' ? ['03:05'] : ['03:05', '03:06']);
  });

  it('do not make a tick give way to a run that has ended', async () => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule({ concurrencyPolicy: 'Forbid', schedule: '5,6 3 * * *' });
    await rig.until('03:05:50');
    const [run] = rig.runs();
    rig.client.watches.freeze();
    const ended = { type: 'merge' as const, body: { status: { phase: 'Failed' } } };
    rig.server.patch(AGENT_RUN, at(run?.metadata.name ?? ''), ended, { subresource: 'status' });
    await rig.until('03:06:00');
    expect(made.ticks).toEqual(['03:05', '03:06']);
  });
});

describe('a call that fails', () => {
  const isStart = ({ verb, kind }: Call): boolean => verb === 'create' && kind === AGENT_RUN;
  const isRead = ({ verb, kind, options }: Call): boolean =>
    verb === 'list' && kind === AGENT_RUN && options['labelSelector'] !== undefined;

  it.each([
    ['the start of a run', isStart],
    ['the reading of runs', isRead],
  ])('keeps no later tick waiting, however long it shall not be tried again: %s', async (_what, matches) => {
    const rig = await newRig();
    const made = rig.witness();
    rig.schedule({ concurrencyPolicy: 'Forbid' });
    await rig.until('03:05:00');
    await rig.end();
    const busy = new KubeError(429, 'TooManyRequests', 'busy', { retryAfterMs: 3_600_000 });
    rig.client.fail(matches, busy);
    await rig.until('03:14:59');
    expect(made.ticks).toEqual(['03:05']);
    await rig.until('03:15:00');
    expect(made.ticks).toEqual(['03:05', '03:15']);
    expect(rig.status()).toMatchObject({ missedTicks: 1 });
  });
});

describe('a thousand schedules', () => {
  it('that are due in one second all start, in order, with few calls at a time', async () => {
    const rig = await newRig();
    const numbered = Array.from({ length: 1_000 }, (_, nth) => `due-${String(nth).padStart(3, '0')}`);
    // Made in another order than they are named.
    for (const name of [...numbered].reverse()) rig.schedule({ name, schedule: '5 3 * * *' });
    await rig.quiet();
    rig.client.forgetCalls();

    const isOurs = (call: Call): boolean => call.options['fieldManager'] === 'sympozium/schedule';
    let [flying, most] = [0, 0];
    rig.client.intercept({
      matches: isOurs,
      times: Infinity,
      before: async () => {
        flying += 1;
        most = Math.max(most, flying);
        await settle();
      },
      after: () => void (flying -= 1),
    });
    await rig.until('03:05:00');

    const runs = [...rig.runs()].sort((a, b) => (submitted(a) < submitted(b) ? -1 : 1));
    expect(runs.map(({ metadata }) => metadata.labels?.['sympozium.ai/schedule'])).toEqual(numbered);
    expect(most).toBe(8);
    const calls = rig.client.calls.filter(isOurs).map(({ verb }) => verb);
    expect([calls.length, calls.filter((verb) => verb === 'create').length]).toEqual([2_000, 1_000]);
    expect(rig.client.calls.filter(({ verb }) => verb === 'list' || verb === 'get')).toEqual([]);

    await rig.restart();
    await rig.advance(60_000);
    expect(rig.runs()).toHaveLength(1_000);
  }, 60_000);

  const submitted = ({ metadata }: AgentRun): string => metadata.annotations?.['sympozium.ai/submitted-at'] ?? '';
});
