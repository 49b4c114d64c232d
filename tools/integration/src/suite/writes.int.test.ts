import { AGENT_RUN, LABEL } from '@sympozium/api';
import { CONFIG_MAP } from '@sympozium/plugin-sdk/manifests';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeName } from '../fixture/audit.js';
import { ModelDouble, says } from '../fixture/model-double.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let model: ModelDouble;

beforeAll(async () => {
  model = await ModelDouble.start();
  system = await Sympozium.start(suiteCluster(), { name: 'writes' });
  await system.createInstance('echo', { runDefaults: { ttlAfterFinished: '1s' } });
  await system.createInstance('kept');
  await system.createInstance('slow', { model: { provider: 'openai', name: 'double', baseURL: model.baseURL } });
});

afterAll(async () => {
  await system?.stop();
  await model?.stop();
});

/** Kubernetes' garbage collector looks for kinds that are new to it, ours here, every 30 s, and then lists them. */
const COLLECTED_MS = 90_000;

const ask = (instance: string) =>
  system.openai().chat.completions.create({ model: instance, messages: [{ role: 'user', content: 'Hi' }] });

/** Our writes since `before`, once the audit log has at least so many. */
const writesSince = (before: number, count: number) =>
  until(`${count} writes are in the audit log`, () => {
    const names = system.writes().slice(before).map(writeName);
    return names.length >= count && names;
  });

it('a short run costs three writes: the run, its Job, its end', async () => {
  const before = system.writes().length;
  await ask('kept');
  await until('the run is finished', async () =>
    (await system.runs()).every(({ status }) => status.phase === 'Succeeded'),
  );
  expect(await writesSince(before, 3)).toEqual(['create agentruns', 'create jobs', 'patch agentruns/status']);
});

it('a long run costs one more, Running', async () => {
  const before = system.writes().length;
  model.answer((call) => call.delta({ content: 'wait' }));
  const answer = ask('slow');
  const call = await model.call(0);
  await until('the run shows Running', async () =>
    (await system.runs()).some(({ status }) => status.phase === 'Running'),
  );
  says('done')(call);
  await answer;
  await until('the run is finished', async () =>
    (await system.runs()).every(({ status }) => status.phase === 'Succeeded'),
  );
  expect(await writesSince(before, 4)).toEqual([
    'create agentruns',
    'create jobs',
    'patch agentruns/status',
    'patch agentruns/status',
  ]);
});

it(
  'a run is deleted at its time to live with one write, and Job and Pod follow',
  async () => {
    const before = system.writes().length;
    await ask('echo');
    const names = await writesSince(before, 4);
    expect(names).toEqual(['create agentruns', 'create jobs', 'patch agentruns/status', 'delete agentruns']);
    await until(
      'nothing of the run is left',
      async () => {
        const left = [...(await system.runs()), ...(await system.jobs()), ...(await system.pods())];
        return !left.some(({ metadata }) => metadata.labels?.[LABEL.instance] === 'echo');
      },
      COLLECTED_MS,
    );
  },
  2 * COLLECTED_MS,
);

it('every Pod was restricted, read-only, and without an API credential', async () => {
  for (const { spec } of await system.pods()) {
    expect(spec.automountServiceAccountToken).toBe(false);
    for (const { securityContext } of spec.containers)
      expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  }
});

it('nothing that our apps asked of the API server was refused', () => {
  const refused = system.writes().filter(({ responseStatus }) => responseStatus?.code === 403);
  expect(refused.map(writeName)).toEqual([]);
});

it(
  'after everything is deleted nothing of ours remains',
  async () => {
    const { admin, namespace } = system;
    for (const { metadata } of await system.runs()) await admin.delete(AGENT_RUN, { namespace, name: metadata.name });
    await until(
      'every child is collected',
      async () => {
        const maps = (await admin.list(CONFIG_MAP, { namespace, labelSelector: LABEL.run })).items;
        return [await system.runs(), await system.jobs(), await system.pods(), maps].every(
          ({ length }) => length === 0,
        );
      },
      COLLECTED_MS,
    );
  },
  2 * COLLECTED_MS,
);

it('a settled system writes nothing', async () => {
  const before = system.writes().length;
  const until61 = Date.now() + 61_000;
  await until('a minute has passed', () => Date.now() > until61, 70_000);
  expect(system.writes().slice(before).map(writeName)).toEqual([]);
}, 90_000);
