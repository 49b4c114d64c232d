import { LABEL, type KubeObject } from '@sympozium/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInterposer, type Fate } from '../fixture/api-interposer.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;
let api: ApiInterposer;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'faults', operator: false });
  api = await ApiInterposer.start(system.operatorAccount.kubeconfig);
  await system.startOperator(api.kubeconfig);
  await system.createInstance('echo');
});

afterAll(async () => {
  await system?.stop();
  await api?.stop();
});

/** Too large for a status, so that a run has every write there is: Job, adoption, result, status. */
const TASK = 'x'.repeat(40_000);

const nobodyDies = async (): Promise<void> => {};

async function expectOneEnd(name: string): Promise<void> {
  const run = await system.finished(name);
  expect(run.status, JSON.stringify(run.status)).toMatchObject({
    phase: 'Succeeded',
    result: { ref: { name: `${name}-result` } },
  });
  const ofRun = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABEL.run] === name;
  expect((await system.jobs()).filter(ofRun)).toHaveLength(1);
  expect((await system.pods()).filter(ofRun)).toHaveLength(1);
}

const FAULTS: readonly { readonly name: string; readonly fate: Fate }[] = [
  { name: 'throttled', fate: { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 } },
  { name: 'conflict', fate: { status: 409, reason: 'Conflict' } },
  { name: 'error', fate: { status: 500, reason: 'InternalError' } },
  { name: 'away', fate: { status: 503, reason: 'ServiceUnavailable', retryAfterSeconds: 1 } },
  { name: 'reset-before', fate: 'reset-before' },
  { name: 'reset-after', fate: 'reset-after' },
  { name: 'late', fate: { delayMs: 700 } },
];

/** Lets the first try of every write meet a fault; returns the writes that did. */
function faultFirstTries(fate: Fate): ReadonlySet<string> {
  const met = new Set<string>();
  const isFirst = (write: string): boolean => !met.has(write) && Boolean(met.add(write));
  api.arm(({ method, path }) => (isFirst(`${method} ${path}`) ? fate : 'pass'), nobodyDies);
  return met;
}

it.each(FAULTS)(
  '$name at the first try of each write of a run: it ends once, with its answer',
  async ({ name, fate }) => {
    const met = faultFirstTries(fate);
    await system.createRun(name, { task: TASK });
    await expectOneEnd(name);
    // A late retry for the run before may be among them.
    expect([...met].map((write) => write.replace(/ .*\/namespaces\/[^/]+\//, ' '))).toEqual(
      expect.arrayContaining([
        'POST jobs',
        `PATCH agentruns/${name}`,
        'POST configmaps',
        `PATCH agentruns/${name}/status`,
      ]),
    );
  },
);

it('every second write fails: ten runs at once end once each', async () => {
  const fates = FAULTS.map(({ fate }) => fate);
  api.arm((_, n) => (n % 2 === 0 ? (fates[(n / 2) % fates.length] ?? 'pass') : 'pass'), nobodyDies);
  const names = Array.from({ length: 10 }, (_, at) => `storm-${at}`);
  await Promise.all(names.map((name) => system.createRun(name, { task: TASK })));
  for (const name of names) await expectOneEnd(name);
});

it('every watch is cut at every write: nothing is missed', async () => {
  let cut = 0;
  api.arm(() => {
    cut += api.dropWatches();
    return 'pass';
  }, nobodyDies);
  const names = Array.from({ length: 5 }, (_, at) => `cut-${at}`);
  await Promise.all(names.map((name) => system.createRun(name, { task: TASK })));
  for (const name of names) await expectOneEnd(name);
  expect(cut).toBeGreaterThan(5);
});

it('a request is answered though its run meets a fault at every first try', async () => {
  const met = faultFirstTries({ status: 500, reason: 'InternalError' });
  const content = 'answer me all the same';
  const messages = [{ role: 'user' as const, content }];
  const { choices } = await system.openai().chat.completions.create({ model: 'echo', messages });
  expect(choices[0]?.message.content).toBe(content);
  expect(met.size).toBeGreaterThan(0);
});
