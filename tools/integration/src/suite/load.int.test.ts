import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const RUNS = 50;
const KEY = 'sk-load-0123456789abcdefghijklmnopqrst';
const LIMITS = { requestsPerMinute: 6000, burst: 2 * RUNS, maxConcurrent: 2 * RUNS };

let system: Sympozium;

beforeAll(async () => {
  const keys = { load: JSON.stringify({ key: KEY, limits: LIMITS }) };
  system = await Sympozium.start(suiteCluster(), { name: 'load', keys });
  await system.createInstance('echo', { endpoint: { rateLimit: LIMITS } });
});

afterAll(() => system?.stop());

const TELLS_FOLDERS = existsSync('/proc/self/cwd');

/** Processes that work in a folder below this one; none where the system does not say. */
function processesIn(folder: string): number[] {
  if (!TELLS_FOLDERS) return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false; // it has gone meanwhile
    }
  });
}

it(`answers ${RUNS} requests at once, each by a Pod of its own, and leaves no process behind`, async () => {
  const openai = system.openai(KEY);
  const ask = async (n: number): Promise<string | null | undefined> => {
    const messages = [{ role: 'user' as const, content: `question ${n}` }];
    return (await openai.chat.completions.create({ model: 'echo', messages })).choices[0]?.message.content;
  };
  const agents = () => processesIn(`${suiteCluster().folder}/node`).length;
  const seen = until('agents work', () => !TELLS_FOLDERS || agents() > 0);
  const numbers = Array.from({ length: RUNS }, (_, n) => n);
  expect(await Promise.all(numbers.map(ask))).toEqual(numbers.map((n) => `question ${n}`));
  await seen;
  const pods = await system.pods();
  expect(pods).toHaveLength(RUNS);
  expect(new Set(pods.map(({ status }) => status?.podIP)).size).toBe(RUNS);
  await until('every run has succeeded', async () =>
    (await system.runs()).every(({ status }) => status.phase === 'Succeeded'),
  );
  await until('no agent is left', () => agents() === 0);
});
