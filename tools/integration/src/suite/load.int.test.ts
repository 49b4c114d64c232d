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

/** Where the processes of this machine work; nothing where the system does not say. */
function workFolders(): string[] {
  if (!TELLS_FOLDERS) return [];
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.flatMap((pid) => {
    try {
      return [readlinkSync(`/proc/${pid}/cwd`)];
    } catch {
      return []; // it has gone meanwhile
    }
  });
}

/** Processes of this suite's Pods, each of which works below a folder named after its Pod's uid. */
async function agents(): Promise<number> {
  const uids = (await system.pods()).map(({ metadata }) => metadata.uid ?? '');
  return workFolders().filter((folder) => uids.some((uid) => folder.includes(uid))).length;
}

it(`answers ${RUNS} requests at once, each by a Pod of its own, and leaves no process behind`, async () => {
  const openai = system.openai(KEY);
  const ask = async (n: number): Promise<string | null | undefined> => {
    const messages = [{ role: 'user' as const, content: `question ${n}` }];
    return (await openai.chat.completions.create({ model: 'echo', messages })).choices[0]?.message.content;
  };
  const seen = until('agents work', async () => !TELLS_FOLDERS || (await agents()) > 0);
  const numbers = Array.from({ length: RUNS }, (_, n) => n);
  expect(await Promise.all(numbers.map(ask))).toEqual(numbers.map((n) => `question ${n}`));
  await seen;
  await until('every run has succeeded', async () =>
    (await system.runs()).every(({ status }) => status.phase === 'Succeeded'),
  );
  const pods = await system.pods();
  expect(pods).toHaveLength(RUNS);
  expect(new Set(pods.map(({ status }) => status?.podIP)).size).toBe(RUNS);
  await until('no agent is left', async () => (await agents()) === 0);
});
