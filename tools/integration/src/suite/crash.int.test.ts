import { AGENT_RUN, LABEL, type KubeObject } from '@sympozium/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ApiInterposer, type Fate } from '../fixture/api-interposer.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let api: ApiInterposer;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'crash', operator: false });
  api = await ApiInterposer.start(system.operatorAccount.kubeconfig);
  await system.startOperator(api.kubeconfig);
  await system.createInstance('echo');
});

afterAll(async () => {
  await system?.stop();
  await api?.stop();
});

const pass = (): Fate => 'pass';

/** The operator's writes of a bare run with a result too large for its status: every write there is. */
const TASK = 'x'.repeat(40_000);
const WRITES = 4;

it('makes exactly these writes when nothing happens', async () => {
  api.arm(pass, async () => {});
  await system.createRun('undisturbed', { task: TASK });
  await system.finished('undisturbed');
  expect(api.writes.map(({ method, path }) => `${method} ${path.replace(/.*\/namespaces\/[^/]+\//, '')}`)).toEqual([
    'POST jobs',
    'PATCH agentruns/undisturbed',
    'POST configmaps',
    'PATCH agentruns/undisturbed/status',
  ]);
});

/** Before and after each of `writes` writes. */
const points = (writes: number): { n: number; fate: Fate }[] =>
  Array.from({ length: writes }, (_, n) => n).flatMap((n) =>
    (['kill-before', 'kill-after'] as const).map((fate) => ({ n, fate })),
  );

/** Lets the operator die at a write; the promise resolves when it is dead. */
const killAt = (point: { n: number; fate: Fate }): Promise<void> =>
  new Promise((resolve) => {
    api.arm(
      (_, n) => (n === point.n ? point.fate : 'pass'),
      async () => {
        await system.operator.kill();
        resolve();
      },
    );
  });

async function restartOperator(): Promise<void> {
  api.arm(pass, async () => {});
  await system.startOperator(api.kubeconfig);
}

it.each(points(WRITES))('operator: $fate write $n → the run ends once, its result stored', async (point) => {
  const name = `crash-${point.n}-${point.fate}`;
  const killed = killAt(point);
  await system.createRun(name, { task: TASK });
  await killed;
  await restartOperator();
  const run = await system.finished(name);
  expect(run.status).toMatchObject({ phase: 'Succeeded', result: { ref: { name: `${name}-result` } } });
  await expectOneOfEach(name);
});

it.each(points(2))('operator: $fate write $n of a request → the caller gets its answer', async (point) => {
  const content = `answer me at ${point.n} ${point.fate}`;
  const killed = killAt(point);
  const answer = system.openai().chat.completions.create({ model: 'echo', messages: [{ role: 'user', content }] });
  await killed;
  await restartOperator();
  expect((await answer).choices[0]?.message.content).toBe(content);
  const run = (await system.runs()).find(({ spec }) => JSON.stringify(spec.messages ?? '').includes(content));
  const name = run?.metadata.name ?? '';
  expect((await system.finished(name)).status).toMatchObject({ phase: 'Succeeded', result: { text: content } });
  await expectOneOfEach(name);
});

/** One Job and one Pod, ever: with a retry there would be a second Pod beside the first. */
async function expectOneOfEach(run: string): Promise<void> {
  const ofRun = ({ metadata }: KubeObject): boolean => metadata.labels?.[LABEL.run] === run;
  expect((await system.jobs()).filter(ofRun)).toHaveLength(1);
  expect((await system.pods()).filter(ofRun)).toHaveLength(1);
}

it('proxy killed while a run works: the run ends and keeps its result', async () => {
  const asking = system
    .openai()
    .chat.completions.create({ model: 'echo', messages: [{ role: 'user', content: 'outlive me' }] })
    .catch(() => 'gone');
  const run = await until('the run is made', async () =>
    (await system.runs()).find(({ spec }) => JSON.stringify(spec.messages ?? '').includes('outlive me')),
  );
  await system.proxy.kill();
  await asking;
  await system.startProxy();
  const finished = await system.finished(run.metadata.name);
  expect(finished.status).toMatchObject({ phase: 'Succeeded', result: { text: 'outlive me' } });
});

it('a run deleted and made again under its name never gets its predecessor’s answer', async () => {
  for (let round = 0; round < 5; round += 1) {
    await system.createRun('again', { task: `answer ${round}` });
    const run = await system.finished('again');
    expect(run.status.result?.text).toBe(`answer ${round}`);
    await system.admin.delete(
      AGENT_RUN,
      { namespace: system.namespace, name: 'again' },
      { propagationPolicy: 'Background' },
    );
  }
});
