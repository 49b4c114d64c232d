import { ANNOTATION, LABEL, SYMPOZIUM_SCHEDULE } from '@sympozium/api';
import { FakeClock, seededRandom } from '@sympozium/process/testing';
import { RunWorld } from '@sympozium/run-client/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { scheduleOf } from '../testing/schedule-of.js';
import { runNow } from './schedule-run-now.js';

const KEY = { namespace: 'default', name: 'brief' };

let world: RunWorld;
beforeEach(() => {
  world = new RunWorld({ clock: new FakeClock() });
});

const now = () => runNow({ client: world.client, clock: new FakeClock(), random: seededRandom(3) }, KEY);

describe('schedule run-now', () => {
  it('makes a run that belongs to the schedule, has its instance’s defaults, and is no tick’s', async () => {
    world.instance('demo', { runDefaults: { timeout: '2m' } });
    const { metadata } = world.client.server.put(SYMPOZIUM_SCHEDULE, scheduleOf({ spec: { suspend: true } }));
    const made = await now();
    expect(made.metadata.name).toMatch(/^brief-[a-z2-7]{10}$/);
    expect(made.metadata.labels).toMatchObject({ [LABEL.schedule]: 'brief', [LABEL.mode]: 'task' });
    expect(made.metadata.ownerReferences).toMatchObject([{ uid: metadata.uid, controller: true }]);
    expect(made.metadata.annotations).toEqual({ [ANNOTATION.submittedAt]: '2026-01-01T00:00:00.000000Z' });
    expect(made.spec).toMatchObject({ mode: 'task', task: 'Tell me', timeout: '2m', instanceRef: { name: 'demo' } });
    expect(world.client.writes.map(({ verb }) => verb)).toEqual(['create']);
  });

  it('says that there is no such schedule, or none that stays', async () => {
    const sentence = 'there is no SympoziumSchedule brief in namespace default. `sympozium schedule list -n default`';
    const refused = { code: 'ScheduleNotFound', message: expect.stringContaining(sentence) };
    await expect(now()).rejects.toMatchObject(refused);
    world.instance('demo');
    const going = scheduleOf();
    going.metadata.finalizers = ['example.com/waits'];
    world.client.server.put(SYMPOZIUM_SCHEDULE, going);
    world.client.server.delete(SYMPOZIUM_SCHEDULE, KEY);
    await expect(now()).rejects.toMatchObject(refused);
    expect(world.client.writes).toEqual([]);
  });

  it('makes no run that would wait for an instance, and names those there are', async () => {
    world.instance('other');
    world.client.server.put(SYMPOZIUM_SCHEDULE, scheduleOf());
    await expect(now()).rejects.toMatchObject({
      code: 'InstanceNotFound',
      message: expect.stringContaining('there is no SympoziumInstance demo in namespace default (there: other)'),
    });
    expect(world.client.writes).toEqual([]);
  });
});
