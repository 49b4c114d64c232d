import { AGENT_RUN, KEY_ENTRY, SKILL_PACK, SYMPOZIUM_INSTANCE, type Kind, type KubeObject } from '@sympozium/api';
import { copyFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppProcess, workspaceFile } from '../fixture/app-process.js';
import { kubectl } from '../fixture/commands.js';
import { installPlugin } from '../fixture/plugin-folder.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const EXAMPLE = 'examples/third-party-skill-pack';
const SECRET: Kind<KubeObject & { data: Record<string, string> }> = {
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};

let folder: string;
let system: Sympozium;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sympozium-plugins-'));
  await installPlugin(folder, EXAMPLE);
  copyFileSync(workspaceFile(`${EXAMPLE}/plugins.yaml`), join(folder, 'plugins.yaml'));
  system = await Sympozium.start(suiteCluster(), {
    name: 'plugins',
    proxy: false,
    operatorEnv: { SYMPOZIUM_PLUGINS: join(folder, 'plugins.yaml'), SYMPOZIUM_PLUGINS_DIR: folder },
  });
}, 240_000);

afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

const packs = async (): Promise<string[]> => {
  const { items } = await system.admin.list(SKILL_PACK, { namespace: system.systemNamespace });
  return items.map(({ metadata }) => metadata.name).toSorted();
};

it('a third party’s SkillPack is an object beside the built-in one', async () => {
  await until('both packs are there', async () => (await packs()).length === 2);
  expect(await packs()).toEqual(['greeter', 'web-endpoint']);
});

it('an instance that uses it is served by the third party’s own server, behind the key of its Secret', async () => {
  const { namespace } = system;
  const applied = await kubectl(system, 'apply', '-f', workspaceFile(`${EXAMPLE}/instance.yaml`));
  expect(applied).toMatchObject({ exitCode: 0 });
  const run = await until('the server run serves', async () => {
    const found = await system.admin.get(AGENT_RUN, { namespace, name: 'greeter-server' }).catch(() => undefined);
    return found?.status.phase === 'Serving' && found;
  });
  const { endpoint } = run.status;
  const secret = await system.admin.get(SECRET, { namespace, name: endpoint?.apiKeySecretName ?? '' });
  const key = Buffer.from(secret.data[KEY_ENTRY.current] ?? '', 'base64').toString();

  const url = await system.serviceUrl('greeter-server');
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer sk-wrong' } })).status).toBe(401);
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  expect([response.status, await response.json()]).toEqual([200, { greeting: `Hello from greeter in ${namespace}` }]);
});

it('without the package in plugins.yaml the pack goes, and whoever uses it says so', async () => {
  await system.operator.stop();
  writeFileSync(join(folder, 'plugins.yaml'), 'plugins: []\n');
  await system.startOperator();
  await until('the pack is gone', async () => !(await packs()).includes('greeter'));
  await until('the instance says what it lacks', async () => {
    const key = { namespace: system.namespace, name: 'greeter' };
    const { status } = await system.admin.get(SYMPOZIUM_INSTANCE, key);
    return status?.conditions?.some(({ reason }) => reason === 'SkillPackNotFound');
  });
});

it('an operator that is told of plugins it cannot take names each of them and does not start', async () => {
  const file = join(folder, 'refused.yaml');
  writeFileSync(file, 'plugins: [{ package: nowhere }, { package: "@sympozium/api" }]\n');
  const operator = new AppProcess('operator', ['--kubeconfig', system.operatorAccount.kubeconfig], {
    SYMPOZIUM_PLUGINS: file,
    SYMPOZIUM_PLUGINS_DIR: folder,
  });
  await expect(operator.ready()).rejects.toThrow(/PLUGIN_NOT_FOUND: [^]*PLUGIN_MANIFEST_INVALID: /);
  expect(await operator.stop()).toBe(1);
});
