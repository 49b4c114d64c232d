import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ApiInterposer, type Fate } from '../fixture/api-interposer.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let api: ApiInterposer;

beforeAll(async () => {
  const { folder, operator } = inject('cluster');
  mkdirSync(join(folder, 'crash'), { recursive: true });
  api = await ApiInterposer.start(operator, join(folder, 'crash', 'kubeconfig'));
  system = await Sympozium.start(inject('cluster'), { name: 'crash', operatorKubeconfig: api.kubeconfig });
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
  expect(api.writes.map(({ method, path }) => `${method} ${path.split('/').slice(6).join('/')}`)).toEqual([
    'PATCH agentruns/undisturbed',
    'POST jobs',
    'POST configmaps',
    'PATCH agentruns/undisturbed/status',
  ]);
});

const POINTS = Array.from({ length: WRITES }, (_, n) => n).flatMap((n) =>
  (['kill-before', 'kill-after'] as const).map((fate) => ({ n, fate })),
);

it.each(POINTS)('operator: $fate write $n → the run ends once, with its result stored', async ({ n, fate }) => {
  const name = `crash-${n}-${fate}`;
  const killed = new Promise<void>((resolve) => {
    api.arm(
      (_, i) => (i === n ? fate : 'pass'),
      async () => {
        await system.operator.kill();
        resolve();
      },
    );
  });
  await system.createRun(name, { task: TASK });
  await killed;
  api.arm(pass, async () => {});
  await system.startOperator();
  const run = await system.finished(name);
  expect(run.status).toMatchObject({ phase: 'Succeeded', result: { ref: { name: `${name}-result` } } });
  const uid = run.metadata.uid;
  const jobs = (await system.jobs()).filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === uid);
  expect(jobs).toHaveLength(1);
  const pods = (await system.pods()).filter(({ metadata }) => metadata.labels?.['sympozium.ai/run'] === name);
  expect(pods).toHaveLength(1);
});

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
      { apiVersion: 'sympozium.ai/v1alpha1', kind: 'AgentRun', plural: 'agentruns', namespaced: true },
      { namespace: system.namespace, name: 'again' },
      { propagationPolicy: 'Background' },
    );
  }
});
