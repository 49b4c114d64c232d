import { AGENT_RUN, type Kind, type KubeObject } from '@sympozium/api';
import { isNotFound } from '@sympozium/kube';
import { DEPLOYMENT, SECRET } from '@sympozium/plugin-sdk/manifests';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeName } from '../fixture/audit.js';
import { createIdlePack, IDLE_SKILLS } from '../fixture/idle-pack.js';
import { Served } from '../fixture/served.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const NAMESPACE: Kind = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const EVENT: Kind<KubeObject & { reason?: string }> = {
  apiVersion: 'v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};
const GONE_MS = 60_000;

let system: Sympozium;
let plugins: string;

beforeAll(async () => {
  const { folder } = suiteCluster();
  mkdirSync(join(folder, 'teardown'), { recursive: true });
  plugins = join(folder, 'teardown', 'plugins.yaml');
  writeFileSync(plugins, 'plugins: []\n');
  const operatorEnv = { SYMPOZIUM_PLUGINS: plugins };
  system = await Sympozium.start(suiteCluster(), { name: 'teardown', proxy: false, operatorEnv });
});

afterAll(() => system?.stop());

const isGone = (served: Served): Promise<boolean> =>
  until('nothing of it is left', async () => (await served.remains()).length === 0, GONE_MS);

const deleteRun = (served: Served): Promise<void> =>
  system.admin.delete(AGENT_RUN, { namespace: system.namespace, name: served.run });

async function eventsOf(served: Served): Promise<readonly (string | undefined)[]> {
  const options = { namespace: system.namespace, fieldSelector: `involvedObject.name=${served.run}` };
  return (await system.admin.list(EVENT, options)).items.map(({ reason }) => reason);
}

it('goes in order: what works, what leads to it, its rights and its key; then the run, with its last word', async () => {
  const served = await Served.create(system, 'ordered');
  await served.serving();
  await system.quiet();
  const before = system.writes().length;
  await served.deleteInstance();
  await isGone(served);
  const writes = system.writes().slice(before).map(writeName);
  const deletions = writes.filter((write) => write.startsWith('delete'));
  expect(deletions.slice(0, 2)).toEqual(['delete deployments', 'delete services']);
  expect(deletions.slice(2).sort()).toEqual([
    'delete rolebindings',
    'delete roles',
    'delete secrets',
    'delete serviceaccounts',
  ]);
  expect(writes.slice(-3)).toEqual(['patch agentruns/status', 'create events', 'patch agentruns']);
  expect(await eventsOf(served)).toContain('Succeeded');
});

it('lets an answer that is being given come to its end', async () => {
  const served = await Served.create(system, 'answering', {
    runDefaults: { podTemplate: { env: [{ name: 'SYMPOZIUM_ECHO_PACE_MS', value: '100' }] } },
  });
  await served.serving();
  const client = await served.openai();
  const words = Array.from({ length: 80 }, (_, n) => `word${n}`).join(' ');
  const stream = await client.chat.completions.create({
    model: served.name,
    stream: true,
    messages: [{ role: 'user', content: words }],
  });
  let text = '';
  for await (const chunk of stream) {
    if (text === '') await deleteRun(served);
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe(words);
  // Its instance wishes a server still: it gets another one, with another key.
  await served.serving();
  await served.deleteInstance();
  await isGone(served);
});

it('never deletes a Secret that the user supplied', async () => {
  await system.createSecret('my-keys', { mine: 'sk-a-key-of-my-own-0123456789' });
  const served = await Served.create(system, 'supplied', { endpoint: { authSecretRef: { name: 'my-keys' } } });
  const run = await served.serving();
  expect(run.status.endpoint?.apiKeySecretName).toBe('my-keys');
  const headers = { authorization: 'Bearer sk-a-key-of-my-own-0123456789' };
  expect((await fetch(`${await served.url()}/v1/models`, { headers })).status).toBe(200);
  await served.deleteInstance();
  await isGone(served);
  expect((await served.get(SECRET, 'my-keys'))?.metadata.name).toBe('my-keys');
});

it('does not hang on a mode whose plugin is gone: it warns, and the garbage collector does the rest', async () => {
  const served = await Served.create(system, 'orphan');
  await served.serving();
  await system.operator.stop();
  writeFileSync(
    plugins,
    'plugins:\n  - { package: "@sympozium/mode-gateway", enabled: false }\n  - { package: "@sympozium/mode-server", enabled: false }\n',
  );
  await system.startOperator();
  await served.deleteInstance();
  await until('the run is gone', async () => (await served.serverRun()) === undefined, GONE_MS);
  expect(await eventsOf(served)).toContain('ModeUnknown');
  await until('so is its Deployment', async () => (await served.get(DEPLOYMENT, served.run)) === undefined, GONE_MS);
  await system.operator.stop();
  writeFileSync(plugins, 'plugins: []\n');
  await system.startOperator();
});

it('does not hold up a namespace that is deleted', async () => {
  // Kubernetes looks again at a namespace after half of its Pods' longest grace period: a short one keeps the test short.
  await createIdlePack(system, { terminationGracePeriod: '1s' });
  const served = await Served.create(system, 'inside', { skills: IDLE_SKILLS });
  await served.serving();
  await until('no other Pod drains', async () => (await system.pods()).length === 1, GONE_MS);
  await system.admin.delete(NAMESPACE, { name: system.namespace });
  await until('the run is gone', async () => (await served.serverRun()) === undefined, GONE_MS);
  // How soon the namespace follows is Kubernetes' to decide: it looks again ever less often.
  await until(
    'the namespace is gone',
    () => system.admin.get(NAMESPACE, { name: system.namespace }).then(() => false, isNotFound),
    4 * GONE_MS,
  );
}, 360_000);
