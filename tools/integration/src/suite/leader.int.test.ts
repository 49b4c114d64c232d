import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInterposer } from '../fixture/api-interposer.js';
import type { AppProcess } from '../fixture/app-process.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const RUNS = 20;

let system: Sympozium;
let leader: AppProcess;
let standby: AppProcess;
/** Between the standby and the API server. */
let api: ApiInterposer;

beforeAll(async () => {
  const operatorEnv = { LEADER_ELECTION: 'true' };
  system = await Sympozium.start(suiteCluster(), { name: 'leader', operatorEnv, proxy: false });
  api = await ApiInterposer.start(system.operatorAccount.kubeconfig);
  await system.createInstance('echo');
  leader = system.operator;
  await leads(leader);
});

afterAll(async () => {
  await system?.stop();
  await api?.stop();
});

const leads = (operator: AppProcess): Promise<unknown> =>
  until('the operator leads', () => operator.lines.some((line) => line.includes('"msg":"leading"')));

/** One after the other, as callers come. */
async function create(names: readonly string[]): Promise<void> {
  for (const name of names) await system.createRun(name);
}

it('of two operators one works, and the other, which is ready, writes nothing', async () => {
  standby = await system.startOperator(api.kubeconfig);
  const { port } = await standby.ready();
  expect((await fetch(`http://127.0.0.1:${String(port)}/readyz`)).status).toBe(200);
  await system.createRun('first');
  expect((await system.finished('first')).status.phase).toBe('Succeeded');
  expect(api.writes).toEqual([]);
});

it('the leader is killed: the other goes on within 20 s', async () => {
  await leader.kill();
  const killedAt = Date.now();
  await system.createRun('orphaned');
  const isGoingOn = (): boolean => api.writes.some(({ method, path }) => method === 'POST' && path.endsWith('/jobs'));
  await until('the standby works', isGoingOn, 25_000);
  expect(Date.now() - killedAt).toBeLessThan(20_000);
  // How long its Pod then takes is not the operators' matter.
  expect((await system.finished('orphaned')).status.phase).toBe('Succeeded');
});

it('the leader is stopped: the other takes over within 2 s, and of 20 runs none is lost or done twice', async () => {
  leader = standby;
  standby = await system.startOperator();
  const names = Array.from({ length: RUNS }, (_, n) => `handed-over-${n}`);
  const [before, after] = [names.slice(0, RUNS / 2), names.slice(RUNS / 2)];
  await create(before);
  const creating = create(after);
  const stoppedAt = Date.now();
  const [exitCode] = await Promise.all([leader.stop(), leads(standby)]);
  expect(Date.now() - stoppedAt).toBeLessThan(2_000);
  expect(exitCode).toBe(0);
  await creating;
  for (const name of names) expect((await system.finished(name)).status.phase).toBe('Succeeded');
  const ends = system.writes().filter(({ objectRef }) => objectRef?.name?.startsWith('handed-over'));
  expect(ends.filter(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'jobs')).toHaveLength(RUNS);
});
