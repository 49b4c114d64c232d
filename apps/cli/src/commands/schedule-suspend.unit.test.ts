import { SYMPOZIUM_SCHEDULE, type SympoziumSchedule, type SympoziumScheduleStatus } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { scheduleOf } from '../testing/schedule-of.js';
import { condition } from '../testing/served-world.js';
import { resumeSchedule, suspendSchedule } from './schedule-suspend.js';

const KEY = { namespace: 'default', name: 'brief' };

let client: FakeKubeClient;
beforeEach(() => {
  client = new FakeKubeClient();
});

const put = (spec: Partial<SympoziumSchedule['spec']> = {}, status?: SympoziumScheduleStatus) =>
  client.server.put(SYMPOZIUM_SCHEDULE, scheduleOf({ spec, ...(status && { status }) }));

const stored = () => client.server.peek(SYMPOZIUM_SCHEDULE, KEY);

/** What the operator does when it sees the schedule. */
const operate = (status: SympoziumScheduleStatus) => async () => {
  const observedGeneration = stored()?.metadata.generation;
  const patch = { type: 'merge', body: { status: { ...status, observedGeneration } } } as const;
  client.server.patch(SYMPOZIUM_SCHEDULE, KEY, patch, { subresource: 'status' });
};

describe('schedule suspend', () => {
  it('writes once, and says which runs still work', async () => {
    put({}, { activeRuns: 2 });
    expect(await suspendSchedule(client, KEY)).toBe('is suspended; 2 runs that have not ended may end');
    expect(await suspendSchedule(client, KEY)).toMatch(/^was suspended already/);
    expect(stored()?.spec.suspend).toBe(true);
    expect(client.writes).toHaveLength(1);
  });

  it('says that there is no such schedule', async () => {
    await expect(suspendSchedule(client, KEY)).rejects.toMatchObject({ code: 'ScheduleNotFound' });
  });
});

describe('schedule resume', () => {
  const NEXT = '2026-01-02T07:30:00Z';

  it('waits for the operator to tell the next tick', async () => {
    put({ suspend: true });
    expect(await resumeSchedule(client, KEY, operate({ nextScheduleTime: NEXT }))).toBe(
      `is resumed; its next tick is ${NEXT}`,
    );
    expect(stored()?.spec.suspend).toBe(false);
  });

  it('writes nothing where it is not suspended', async () => {
    put();
    expect(await resumeSchedule(client, KEY, operate({ nextScheduleTime: NEXT }))).toBe(
      `was not suspended; its next tick is ${NEXT}`,
    );
    expect(client.writes).toEqual([]);
  });

  it('fails with the reason of a schedule that starts nothing all the same', async () => {
    put({ suspend: true });
    const invalid = condition('Ready', 'False', 'TimeZoneUnknown', 'There is no zone Europe/Olso.');
    await expect(resumeSchedule(client, KEY, operate({ conditions: [invalid] }))).rejects.toMatchObject({
      code: 'TimeZoneUnknown',
      message: 'schedule brief is not suspended, but starts nothing: There is no zone Europe/Olso.',
    });
  });

  it('does without an operator that does not answer', async () => {
    put({ suspend: true });
    let rounds = 0;
    expect(await resumeSchedule(client, KEY, async () => (rounds += 1))).toMatch(/^is resumed; the operator has not/);
    expect(rounds).toBeGreaterThan(1);
  });
});
