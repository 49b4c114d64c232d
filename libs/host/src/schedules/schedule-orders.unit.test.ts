import type { SympoziumScheduleSpec } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { isWrite } from '@sympozium/kube/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScheduleRig } from '../testing/index.js';

const POLICIES: readonly SympoziumScheduleSpec['concurrencyPolicy'][] = ['Allow', 'Forbid', 'Replace'];

type Deed = (rig: ScheduleRig) => unknown;

/** Whatever may happen to a schedule, its runs and the way to the API server. */
const DEEDS: Readonly<Record<string, Deed>> = {
  'go on to the next tick': (rig) => rig.advance(5 * 60_000 - (rig.wall.now() % (5 * 60_000))),
  'go on by a minute': (rig) => rig.advance(60_000),
  'go on by an hour': (rig) => rig.advance(3_600_000),
  'end a run': (rig) =>
    rig
      .endable()
      .slice(0, 1)
      .map((name) => rig.end(name)),
  'end all runs': (rig) => Promise.all(rig.endable().map((name) => rig.end(name))),
  'edit the task': (rig) => rig.edit({ task: `Say ${rig.clock.now()}.` }),
  'set a deadline': (rig) => rig.edit({ startingDeadlineSeconds: 60 }),
  'keep nothing': (rig) => rig.edit({ history: { succeeded: 0, failed: 0 } }),
  restart: (rig) => rig.restart(),
  'fail a write': (rig) => rig.client.fail(isWrite, new KubeError(500, 'InternalError', 'oops')),
  'lose an answer': (rig) => rig.client.fail(isWrite, new KubeError(0, 'Unreachable', 'reset'), { when: 'after' }),
  'freeze the watches': (rig) => rig.client.watches.freeze(),
  'thaw the watches': (rig) => rig.client.watches.thaw(),
  'forget the history': (rig) => rig.server.expireHistory(),
};

/** What makes ticks count anew. */
const EDITS: Readonly<Record<string, Deed>> = {
  suspend: (rig) => rig.edit({ suspend: true }),
  resume: (rig) => rig.edit({ suspend: false }),
  'change the schedule': (rig) => rig.edit({ schedule: '*/2 * * * *' }),
  'change it back': (rig) => rig.edit({ schedule: '*/5 * * * *' }),
  'break it': (rig) => rig.edit({ schedule: '61 * * * *' }),
};

const CLOCKS: Readonly<Record<string, Deed>> = {
  'set the clock back': (rig) => rig.setClock(-7 * 60_000),
  'set the clock forward': (rig) => rig.setClock(23 * 60_000),
};

async function expectAtRest(rig: ScheduleRig): Promise<void> {
  rig.client.watches.thaw();
  // Beyond every tick that may have been.
  rig.setClock(2 * 60 * 60_000);
  rig.edit({ suspend: false, schedule: '0 3 1 1 *', startingDeadlineSeconds: null });
  await rig.advance(60_000);
  await Promise.all(rig.endable().map((name) => rig.end(name)));
  await rig.advance(60_000);
  rig.edit({ schedule: '*/5 * * * *' });
  await rig.advance(5 * 60_000);
  await rig.advance(30_000);
  expect(rig.open()).toHaveLength(1);
  expect(rig.status()).toMatchObject({
    activeRuns: 1,
    active: [{ name: rig.open()[0] }],
    conditions: [{ status: 'True' }, { status: 'True', reason: 'Scheduled' }, { status: 'True', reason: 'Started' }],
  });
  rig.edit({ schedule: '0 3 1 1 *' });
  await rig.end();
  await rig.advance(60_000);
  expect(rig.status()).toMatchObject({ activeRuns: 0 });
  rig.client.forgetCalls();
  await rig.advance(60 * 60_000);
  expect(rig.allWrites).toEqual([]);
}

describe('whatever happens in whatever order', () => {
  it.each([
    ['clocks are set', CLOCKS],
    ['schedules are edited', EDITS],
  ])(
    'and %s, no tick starts twice, no run overlaps that must not, and it comes to rest',
    async (_what, more) => {
      const deeds = { ...DEEDS, ...more };
      const names = fc.array(fc.constantFrom(...Object.keys(deeds)), { maxLength: 14 });
      await fc.assert(
        fc.asyncProperty(names, fc.constantFrom(...POLICIES), async (history, concurrencyPolicy) => {
          const rig = await ScheduleRig.started();
          const made = rig.witness();
          rig.schedule({ concurrencyPolicy });
          await rig.quiet();
          for (const name of history) {
            await deeds[name]?.(rig);
            await rig.quiet();
          }
          await expectAtRest(rig);
          expect(made.ticks).toEqual([...new Set(made.ticks)]);
          if (concurrencyPolicy !== 'Allow') expect(made.overlaps).toEqual([]);
          await rig.stop();
        }),
        { numRuns: 30 },
      );
    },
    120_000,
  );
});
