import {
  AGENT_RUN,
  ANNOTATION,
  scheduledRunName,
  SYMPOZIUM_SCHEDULE,
  type AgentRun,
  type Kind,
  type KubeObject,
  type SympoziumSchedule,
} from '@sympozium/api';
import { createInformer, type Informer } from '@sympozium/kube';
import { createLogger, systemClock, systemRandom } from '@sympozium/process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditLines, mostAtOnce } from '../fixture/audit.js';
import { Scheduled } from '../fixture/scheduled.js';
import { until } from '../fixture/until.js';

const SCHEDULES = 1_000;
/** So many are created at once. */
const AT_ONCE = 20;
/** As many as the operator works on. */
const WORKERS = 8;
/** On a machine with nothing else to do it takes some twenty seconds. */
const WITHIN_MS = 90_000;

let scheduled: Scheduled;
/** What there is, without asking again and again for so much. */
let schedules: Informer<SympoziumSchedule>;
let runs: Informer<AgentRun>;

beforeAll(async () => {
  scheduled = await Scheduled.start('schedules-many');
  [schedules, runs] = [informer(SYMPOZIUM_SCHEDULE), informer(AGENT_RUN)];
  await Promise.all([schedules.start(), runs.start()]);
});

afterAll(async () => {
  await Promise.all([schedules?.stop(), runs?.stop()]);
  await scheduled?.stop();
});

function informer<T extends KubeObject>(kind: Kind<T>): Informer<T> {
  const { admin: client, namespace } = scheduled.system;
  const log = createLogger({ name: 'suite', level: 'fatal' });
  return createInformer({ client, clock: systemClock, random: systemRandom, log }, { kind, namespace });
}

const names = Array.from({ length: SCHEDULES }, (_, n) => `s${String(n).padStart(4, '0')}`);

const stampOf = ({ metadata }: AgentRun): string => metadata.annotations?.[ANNOTATION.submittedAt] ?? '';

/** What the operator asked of AgentRuns in this namespace. */
const asked = (verb: string) =>
  auditLines(scheduled.system.cluster.auditLog).filter(
    ({ stage, verb: done, user, objectRef }) =>
      stage === 'ResponseComplete' &&
      done === verb &&
      user.username === scheduled.system.operatorAccount.user &&
      objectRef?.namespace === scheduled.system.namespace &&
      objectRef.resource === 'agentruns',
  );

it(
  `${SCHEDULES} schedules that are due in the same second all start, in order, a few at once`,
  async () => {
    const schedule = scheduled.hourly();
    for (let n = 0; n < SCHEDULES; n += AT_ONCE)
      await Promise.all(names.slice(n, n + AT_ONCE).map((name) => scheduled.create(name, { schedule })));
    await scheduled.operate();
    const ticks = await until(
      'every schedule has a next tick',
      () => {
        const times = schedules.store.list().flatMap(({ status }) => status?.nextScheduleTime ?? []);
        return times.length === SCHEDULES && new Set(times);
      },
      WITHIN_MS,
    );
    expect(ticks.size).toBe(1);
    const lists = asked('list').length;
    const tick = await scheduled.passToTick(names[0] ?? '');
    await until('all have started', () => runs.store.list().length === SCHEDULES, WITHIN_MS);
    const inOrder = [...runs.store.list()]
      .sort((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1))
      .map(({ metadata }) => metadata.name);
    expect(inOrder).toEqual(names.map((name) => scheduledRunName(name, tick)));
    const creates = asked('create');
    expect(creates.map(({ responseStatus }) => responseStatus?.code)).toEqual(names.map(() => 201));
    expect(mostAtOnce(creates)).toBeLessThanOrEqual(WORKERS);
    expect(asked('list').length - lists).toBeLessThan(5); // its own watches, begun anew after so much time
  },
  3 * WITHIN_MS,
);
