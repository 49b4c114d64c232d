import { AGENT_RUN, LABEL } from '@sympozium/api';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createIdlePack, IDLE_SKILLS } from '../fixture/idle-pack.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const COUNT = 200;
/** Long enough for every run to be looked at once more by itself. */
const WINDOW_MS = 40_000;
const TICKS_PER_SECOND = 100;

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'many', proxy: false });
  await createIdlePack(system);
});

afterAll(() => system?.stop());

/** CPU time of a process so far, in milliseconds: what it worked, however busy the machine is. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

const allServe = (): Promise<boolean> =>
  until(
    `${COUNT} instances serve`,
    async () => {
      const servers = (await system.runs()).filter(({ metadata }) => metadata.labels?.[LABEL.mode] === 'server');
      return servers.length === COUNT && servers.every(({ status }) => status.phase === 'Serving');
    },
    170_000,
  );

it(`${COUNT} serving instances cost nothing: no write, hardly any work, and none of either at a restart`, async () => {
  await Promise.all(Array.from({ length: COUNT }, (_, n) => Served.create(system, `i${n}`, { skills: IDLE_SKILLS })));
  await allServe();
  await system.quiet(3_000);

  const settled = system.writes().length;
  const before = cpuMs(system.operator.pid);
  const began = Date.now();
  await until('the window is over', () => Date.now() - began >= WINDOW_MS, WINDOW_MS + 1_000);
  expect(system.writes().slice(settled)).toEqual([]);
  const share = (cpuMs(system.operator.pid) - before) / (Date.now() - began);
  expect(share).toBeLessThan(0.05);

  await system.operator.kill();
  await system.startOperator();
  await system.quiet(5_000);
  expect(system.writes().slice(settled)).toEqual([]);
  expect((await system.admin.list(AGENT_RUN, { namespace: system.namespace })).items).toHaveLength(COUNT);
}, 300_000);
