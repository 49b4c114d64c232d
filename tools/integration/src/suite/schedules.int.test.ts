import { CRON_HINT, LABEL, SYMPOZIUM_INSTANCE, ZONE_HINT, type AgentRun } from '@sympozium/api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { writeName } from '../fixture/audit.js';
import { kubectl, sympozium } from '../fixture/commands.js';
import { ModelDouble, says, type ModelCall } from '../fixture/model-double.js';
import { HOUR_MS, Scheduled, WAITING } from '../fixture/scheduled.js';
import { until } from '../fixture/until.js';

/** Kubernetes' garbage collector looks for kinds that are new to it, ours here, every 30 s. */
const COLLECTED_MS = 90_000;
/** So long after an operator's start it has counted the runs of instances, and written where another one had counted wrong. */
const COUNTED_MS = 11_000;

let scheduled: Scheduled;
let model: ModelDouble;

beforeAll(async () => {
  model = await ModelDouble.start();
  scheduled = await Scheduled.start('schedules');
  await scheduled.createInstance('writer', { model: { provider: 'openai', name: 'double', baseURL: model.baseURL } });
});

afterEach(() => scheduled.reset());

afterAll(async () => {
  await scheduled?.stop();
  await model?.stop();
});

/** Its agent works until the model says more. */
const WRITER = { instanceRef: { name: 'writer' } };
const HISTORY = { succeeded: 9, failed: 9 };

const podsOf = async ({ metadata }: AgentRun) =>
  (await scheduled.system.pods()).filter(({ metadata: { labels } }) => labels?.[LABEL.run] === metadata.name);

/** What the agent of a schedule's nth run asks the model; runs of earlier tests may ask, too. */
const modelCall = (schedule: string, n = 0) =>
  until(`the model is asked for ${schedule}`, () => {
    const isMeant = ({ body }: ModelCall): boolean => JSON.stringify(body).includes(`Task of ${schedule}`);
    return model.calls.filter(isMeant)[n];
  });

describe('a tick', () => {
  it('makes a task run that is the schedule’s, and the status tells of its life', async () => {
    model.answer(says('Good ', 'morning'));
    await scheduled.create('life', WRITER);
    await scheduled.operate();
    const made = await scheduled.tickStarts('life');
    const { uid } = (await scheduled.get('life')).metadata;
    expect(made.metadata.ownerReferences).toMatchObject([{ kind: 'SympoziumSchedule', uid, controller: true }]);
    expect(made.spec).toMatchObject({ mode: 'task', task: 'Task of life', instanceRef: { name: 'writer' } });
    const run = await scheduled.system.finished(made.metadata.name);
    expect(run.status).toMatchObject({ phase: 'Succeeded', result: { text: 'Good morning' } });
    const { status } = await until('the schedule shows its end', async () => {
      const now = await scheduled.get('life');
      return now.status?.lastSuccessfulTime !== undefined && now;
    });
    expect(status?.activeRuns).toBe(0);
    expect((await scheduled.system.run(made.metadata.name)).metadata.ownerReferences).toHaveLength(1);
  });

  it('costs the run and its telling, and waiting for it costs nothing', async () => {
    const inHalfAYear = new Date(scheduled.clock.now() + 180 * 24 * HOUR_MS).getUTCMonth() + 1;
    await scheduled.create('waits', { schedule: `0 0 1 ${inHalfAYear} *` });
    await scheduled.create('rests', { suspend: true });
    await scheduled.operate();
    await scheduled.nextTick('waits');
    await until('the other is seen', async () => (await scheduled.condition('rests', 'Ready'))?.reason === 'Suspended');
    scheduled.clock.pass(COUNTED_MS);
    await scheduled.system.quiet();
    const before = scheduled.system.writes().length;
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      scheduled.clock.pass(60_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await scheduled.system.quiet();
    expect(scheduled.system.writes().slice(before).map(writeName)).toEqual([]);
    await scheduled.tickStarts('waits');
    await scheduled.system.quiet();
    const named = (resource: string) =>
      scheduled.system
        .writes()
        .slice(before)
        .filter(({ objectRef }) => objectRef?.resource === resource);
    expect(named('agentruns').filter(({ verb }) => verb === 'create')).toHaveLength(1);
    expect(named('sympoziumschedules')).toHaveLength(1);
  });

  it('starts its run though the instance is missing, and both say so', async () => {
    await scheduled.create('orphaned', { instanceRef: { name: 'nobody' } });
    await scheduled.operate();
    const run = await scheduled.tickStarts('orphaned');
    expect(await scheduled.condition('orphaned', 'Accepted')).toMatchObject({ reason: 'InstanceNotFound' });
    expect(await scheduled.condition('orphaned', 'Ready')).toMatchObject({ status: 'True' });
    await until('the run says so', async () => {
      const { status } = await scheduled.system.run(run.metadata.name);
      return status.reason === 'InstanceNotFound';
    });
  });

  it('comes by the clock of its zone', async () => {
    await scheduled.create('zoned', { schedule: '30 7 * * *', timeZone: 'Asia/Kolkata' });
    await scheduled.operate();
    expect(new Date(await scheduled.nextTick('zoned')).toISOString()).toMatch(/T02:00:00/);
  });

  it('that lies behind is not made up for when the schedule is edited', async () => {
    const began = scheduled.clock.now();
    await scheduled.create('edited');
    await scheduled.operate();
    await scheduled.nextTick('edited');
    scheduled.clock.pass(HOUR_MS / 3);
    const spec = { schedule: `${new Date(began + HOUR_MS / 6).getUTCMinutes()} * * * *` }; // ten minutes ago
    await kubectl(scheduled.system, 'patch', 'ssched', 'edited', '--type=merge', '-p', JSON.stringify({ spec }));
    expect(await scheduled.nextTick('edited')).toBeGreaterThan(scheduled.clock.now());
    await scheduled.system.quiet();
    expect(scheduled.made('edited')).toEqual([]);
    await scheduled.tickStarts('edited');
  });
});

describe('while a run works', () => {
  it('Forbid skips the tick, names tick and run, and goes on with the next', async () => {
    model.answer((call) => call.delta({ content: 'working' }));
    await scheduled.create('forbid', { ...WRITER, concurrencyPolicy: 'Forbid' });
    await scheduled.operate();
    const first = await scheduled.tickStarts('forbid');
    const call = await modelCall('forbid');
    const skipped = await scheduled.passToTick('forbid');
    expect(await scheduled.dealtWith('forbid', skipped)).toMatchObject({ missedTicks: 1, activeRuns: 1 });
    const started = await scheduled.condition('forbid', 'Started');
    expect(started).toMatchObject({ status: 'False', reason: 'TickOverlapped' });
    expect(started?.message).toContain(first.metadata.name);
    expect(started?.message).toContain(new Date(skipped).toISOString().slice(0, 16));
    call.finish();
    await scheduled.system.finished(first.metadata.name);
    await until('the schedule knows', async () => (await scheduled.get('forbid')).status?.activeRuns === 0);
    model.answer(says('ok'));
    const third = await scheduled.tickStarts('forbid');
    expect(await scheduled.condition('forbid', 'Started')).toMatchObject({ status: 'True' });
    expect(scheduled.made('forbid')).toEqual([first.metadata.name, third.metadata.name]);
  });

  it('Replace cancels it, and starts when its process is gone', async () => {
    model.answer((call) => call.delta({ content: 'working' }));
    await scheduled.create('replace', { ...WRITER, concurrencyPolicy: 'Replace', history: HISTORY });
    await scheduled.operate();
    const first = await scheduled.tickStarts('replace');
    const call = await modelCall('replace');
    const tick = await scheduled.passToTick('replace');
    const moments: number[] = [];
    await until('the second run is there', async () => {
      moments.push((await scheduled.openRunsOf('replace')).length);
      return (await scheduled.namesOf('replace')).length === 2;
    });
    expect(Math.max(...moments)).toBe(1);
    await call.closed;
    expect((await scheduled.system.run(first.metadata.name)).status).toMatchObject({
      phase: 'Failed',
      reason: 'Cancelled',
    });
    await until('its Pod is gone', async () =>
      (await podsOf(first)).every(({ status }) => status?.phase !== 'Running'),
    );
    await scheduled.dealtWith('replace', tick);
    (await modelCall('replace', 1)).finish();
    const [, second] = await scheduled.namesOf('replace');
    expect((await scheduled.system.finished(second ?? '')).status.phase).toBe('Succeeded');
  });

  it('Allow starts another beside it', async () => {
    await scheduled.create('allow');
    await scheduled.operate();
    const runs = [await scheduled.tickStarts('allow'), await scheduled.tickStarts('allow')];
    expect((await scheduled.get('allow')).status).toMatchObject({
      activeRuns: 2,
      active: runs.map(({ metadata: { name } }) => ({ name })),
    });
  });
});

it('of ended runs only the newest are kept', async () => {
  model.answer(says('ok'));
  await scheduled.create('history', { ...WRITER, history: { succeeded: 2, failed: 1 } });
  await scheduled.operate();
  const names: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    const { metadata } = await scheduled.tickStarts('history');
    names.push(metadata.name);
    await until('it has ended', async () => (await scheduled.get('history')).status?.activeRuns === 0);
  }
  await until('two are left', async () => (await scheduled.namesOf('history')).length === 2);
  expect(await scheduled.namesOf('history')).toEqual(names.slice(2));
});

describe('a schedule that is deleted', () => {
  it(
    'takes its working run with it',
    async () => {
      model.answer((call) => call.delta({ content: 'working' }));
      await scheduled.create('gone', WRITER);
      await scheduled.operate();
      const run = await scheduled.tickStarts('gone');
      const call = await modelCall('gone');
      expect((await kubectl(scheduled.system, 'delete', 'ssched', 'gone')).exitCode).toBe(0);
      await until('its run is gone', async () => (await scheduled.namesOf('gone')).length === 0, COLLECTED_MS);
      await until('its Pod is gone', async () => (await podsOf(run)).length === 0, COLLECTED_MS);
      await call.closed;
    },
    2 * COLLECTED_MS,
  );

  it(
    'leaves it to the instance with --cascade=orphan',
    async () => {
      model.answer((call) => call.delta({ content: 'working' }));
      await scheduled.create('left', WRITER);
      await scheduled.operate();
      const { metadata } = await scheduled.tickStarts('left');
      const call = await modelCall('left');
      expect((await kubectl(scheduled.system, 'delete', 'ssched', 'left', '--cascade=orphan')).exitCode).toBe(0);
      await until(
        'the instance owns it',
        async () => {
          const { ownerReferences = [] } = (await scheduled.system.run(metadata.name)).metadata;
          return ownerReferences.length === 1 && ownerReferences[0]?.kind === SYMPOZIUM_INSTANCE.kind;
        },
        COLLECTED_MS,
      );
      call.finish();
      expect((await scheduled.system.finished(metadata.name)).status.phase).toBe('Succeeded');
    },
    2 * COLLECTED_MS,
  );
});

describe('with kubectl', () => {
  it('applies the example; get, explain and describe tell of it', async () => {
    await scheduled.operate();
    const applied = await kubectl(scheduled.system, 'apply', '-f', workspaceFile('examples/schedule.yaml'));
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
    await scheduled.nextTick('morning-brief');
    const { stdout } = await kubectl(scheduled.system, 'get', 'ssched');
    const [head = '', row = ''] = stdout.split('\n');
    expect(head.split(/\s{2,}/).map((name) => name.trim())).toEqual([
      'NAME',
      'INSTANCE',
      'SCHEDULE',
      'ZONE',
      'SUSPEND',
      'ACTIVE',
      'LAST',
      'NEXT',
      'AGE',
    ]);
    expect(row).toMatch(/^morning-brief\s+demo\s+30 7 \* \* 1-5\s+Europe\/Oslo\s+false\s+0\s+\d{4}-\S+Z\s+\d+s/);
    const explained = await kubectl(scheduled.system, 'explain', 'ssched.spec.concurrencyPolicy');
    expect(explained.stdout).toContain('Forbid: is skipped');
    const described = await kubectl(scheduled.system, 'describe', 'ssched', 'morning-brief');
    expect(described.stdout).toMatch(/Next Schedule Time:\s+\d{4}/);
    const wide = await kubectl(scheduled.system, 'get', 'ssched', 'morning-brief', '-o', 'wide');
    expect(wide.stdout).toMatch(/AGE\s+MISSED\s+STATE\n.*\s0\s+Scheduled\n/);
  });

  it.each([
    ['schedule', '61 * * *', CRON_HINT],
    ['schedule', '@reboot', CRON_HINT],
    ['timeZone', 'Local', ZONE_HINT],
    ['timeZone', 'CET-1', ZONE_HINT],
  ])('refuses %s %s in words that help', async (field, value, hint) => {
    await scheduled.create('judged', { suspend: true });
    const patch = JSON.stringify({ spec: { [field]: value } });
    const { exitCode, stderr } = await kubectl(
      scheduled.system,
      'patch',
      'ssched',
      'judged',
      '--type=merge',
      '-p',
      patch,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(hint);
  });

  it.each([
    [{ schedule: '99 * * * *' }, 'ScheduleInvalid'],
    [{ schedule: '0 0 31 2 *' }, 'ScheduleNeverFires'],
    [{ timeZone: 'Europe/Olso' }, 'TimeZoneUnknown'],
  ])('what only the operator can judge is named in a condition: %j', async (spec, reason) => {
    await scheduled.operate();
    await scheduled.create('judged', spec);
    await until('it is judged', async () => (await scheduled.condition('judged', 'Ready'))?.reason === reason);
    expect((await scheduled.get('judged')).status?.nextScheduleTime).toBeUndefined();
    await scheduled.system.admin.patch(
      { ...(await scheduled.get('judged')), plural: 'sympoziumschedules', namespaced: true },
      { namespace: scheduled.system.namespace, name: 'judged' },
      { type: 'merge', body: { spec: { schedule: scheduled.hourly(), timeZone: 'UTC' } } },
    );
    await scheduled.tickStarts('judged');
  });
});

describe('with the command line', () => {
  it('list shows what is due; suspend and resume say what is the case', async () => {
    await scheduled.operate();
    await scheduled.create('nightly');
    const at = async (): Promise<string> => new Date(await scheduled.nextTick('nightly')).toISOString().slice(0, 16);
    const listed = await sympozium(scheduled.system, 'schedule', 'list');
    expect(listed.stdout).toMatch(new RegExp(`^nightly\\s+${WAITING}\\s.*\\sUTC\\s+false\\s+0\\s+${await at()}`, 'm'));

    expect(await sympozium(scheduled.system, 'schedule', 'suspend', 'nightly')).toMatchObject({
      exitCode: 0,
      stdout: 'sympoziumschedules/nightly is suspended\n',
    });
    const again = await sympozium(scheduled.system, 'schedule', 'suspend', 'nightly');
    expect(again).toMatchObject({ exitCode: 0, stdout: 'sympoziumschedules/nightly was suspended already\n' });
    await until('it rests', async () => (await scheduled.condition('nightly', 'Ready'))?.reason === 'Suspended');
    scheduled.clock.pass(5 * HOUR_MS);
    const resumed = await sympozium(scheduled.system, 'schedule', 'resume', 'nightly');
    expect(resumed.stdout).toContain(`sympoziumschedules/nightly is resumed; its next tick is ${await at()}`);
    await scheduled.system.quiet();
    expect(scheduled.made('nightly')).toEqual([]);
    const json = await sympozium(scheduled.system, 'schedule', 'list', '-o', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject([{ metadata: { name: 'nightly' }, spec: { suspend: false } }]);
  });

  it('run-now makes a run at once, of a suspended schedule too; the schedule counts it', async () => {
    model.answer(says('At ', 'once'));
    await scheduled.operate();
    await scheduled.create('now', { ...WRITER, suspend: true });
    const followed = await sympozium(scheduled.system, 'schedule', 'run-now', 'now', '--follow');
    expect(followed).toMatchObject({ exitCode: 0, stdout: 'At once\n' });
    model.answer((call) => call.delta({ content: 'working' }));
    const { stdout, stderr } = await sympozium(scheduled.system, 'schedule', 'run-now', 'now');
    const name = stdout.trim();
    expect(stderr).toContain(`sympozium logs ${name} --follow -n ${scheduled.system.namespace}`);
    await until('it is counted', async () => {
      const { status } = await scheduled.get('now');
      return status?.activeRuns === 1 && status.active?.[0]?.name === name;
    });
    const suspended = await sympozium(scheduled.system, 'schedule', 'suspend', 'now');
    expect(suspended.stdout).toContain('a run that has not ended may end');
    expect((await sympozium(scheduled.system, 'cancel', name)).exitCode).toBe(0);
    await scheduled.system.finished(name);
  });

  it.each([['run-now'], ['suspend'], ['resume']])('%s of a schedule that is not there says so', async (verb) => {
    const { exitCode, stderr } = await sympozium(scheduled.system, 'schedule', verb, 'nobody');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('there is no SympoziumSchedule nobody in namespace');
  });

  it('resume of a schedule that starts nothing all the same fails with the reason', async () => {
    await scheduled.operate();
    await scheduled.create('never', { schedule: '0 0 31 2 *', suspend: true });
    const { exitCode, stderr } = await sympozium(scheduled.system, 'schedule', 'resume', 'never');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('schedule never is not suspended, but starts nothing');
  });
});
