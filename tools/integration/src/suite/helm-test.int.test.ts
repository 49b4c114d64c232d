import { AGENT_RUN, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import type { HttpKubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { SECRET, SERVICE, type Secret, type Service } from '@sympozium/plugin-sdk/manifests';
import { kubectlPath } from '@sympozium/get-helm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command, type CommandResult } from '../fixture/commands.js';
import { chart, tryHelm, type ChartName, type Values } from '../fixture/helm.js';
import { suiteCluster } from '../fixture/suite-cluster.js';

/** The charts as they are installed, with Pods that the suite's node runs. */
const NAMESPACE = 'suite-helm-test';
const KEY = 'sk-12345678901234567890';
const WAIT = ['--wait', '--timeout=60s'];
const PROXY_VALUES = { replicas: 1, keys: { entries: { first: { key: KEY }, second: { key: `${KEY}2` } } } };

let admin: HttpKubeClient;
const kubeconfig = (): string => suiteCluster().admin;

async function helm(args: readonly string[], values?: Values): Promise<string> {
  const where = ['--kubeconfig', kubeconfig(), '--namespace', NAMESPACE];
  const result = await tryHelm([...args, ...where, ...(values ? ['--values=-'] : [])], values);
  expect(result, result.stderr).toMatchObject({ exitCode: 0 });
  return result.stdout;
}

const upgrade = (name: ChartName, values: Values): Promise<string> =>
  helm(['upgrade', '--install', name, chart(name), ...WAIT], values);

beforeAll(async () => {
  ({ client: admin } = await clientFromKubeconfig({ kubeconfig: kubeconfig() }));
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
  const created = await command(
    await kubectlPath(),
    ['--kubeconfig', kubeconfig(), 'create', '--filename=-'],
    JSON.stringify(namespace),
  );
  expect(created).toMatchObject({ exitCode: 0 });
  await upgrade('sympozium', { watchNamespaces: [NAMESPACE], replicas: 1 });
  await upgrade('sympozium-web-proxy', PROXY_VALUES);
});

afterAll(async () => {
  for (const name of ['sympozium-web-proxy', 'sympozium']) await helm(['uninstall', name, '--no-hooks', ...WAIT]);
  const { exitCode } = await command(await kubectlPath(), [
    ...['--kubeconfig', kubeconfig(), 'delete', 'namespace', NAMESPACE, '--wait=false'],
  ]);
  expect(exitCode).toBe(0);
  await admin.close();
});

it('the operator answers a run that its test makes, and of the test nothing stays', async () => {
  expect(await helm(['test', 'sympozium', '--timeout=60s'])).toMatch(/^Phase: +Succeeded$/m);
  const within = { namespace: NAMESPACE };
  expect((await admin.list(AGENT_RUN, within)).items).toEqual([]);
  expect((await admin.list(SYMPOZIUM_INSTANCE, within)).items).toEqual([]);
  const left = await command(await kubectlPath(), [
    ...['--kubeconfig', kubeconfig(), '--namespace', NAMESPACE, 'get', '--output=name'],
    ...['pod,serviceaccount,role,rolebinding,networkpolicy', '--selector=app.kubernetes.io/component=test'],
  ]);
  expect(left).toMatchObject({ exitCode: 0, stdout: '' });
});

/** What the web proxy's test does; the names of Services, which it asks by, are not known on the virtual node. */
async function testWebProxy(entry?: string): Promise<CommandResult> {
  const key = { namespace: NAMESPACE, name: 'sympozium-web-proxy' };
  const { spec } = await admin.get<Service>(SERVICE, key);
  const env: Record<string, string> = { TEST_URL: `http://${spec?.clusterIP}:80/v1/models` };
  if (entry !== undefined) env['TEST_KEY'] = entry;
  const script = workspaceFile('charts/sympozium-web-proxy/files/test.mjs');
  return command(process.execPath, [script], '', { env });
}

it('the web proxy refuses its test without a key, and answers it with one', async () => {
  expect(await testWebProxy(JSON.stringify({ key: KEY }))).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/answers 401 without a key\n.*answers 200 with a key/) as string,
  });
  const refused = await testWebProxy(JSON.stringify({ key: 'sk-another' }));
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.stderr).toContain('answers 401 with a key, and must answer 200');
});

it('a key that is no longer among the values is gone', async () => {
  await upgrade('sympozium-web-proxy', { ...PROXY_VALUES, keys: { entries: { second: { key: `${KEY}2` } } } });
  const { data } = await admin.get<Secret>(SECRET, { namespace: NAMESPACE, name: 'sympozium-web-proxy-keys' });
  expect(Object.keys(data ?? {})).toEqual(['second']);
});

it('a second operator that would serve what another one serves is refused, and told of it', async () => {
  const where = ['--kubeconfig', kubeconfig(), '--namespace', NAMESPACE];
  const values = { watchNamespaces: [NAMESPACE] };
  const second = await tryHelm(['install', 'second', chart('sympozium'), ...where, '--values=-'], values);
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toMatch(
    /"sympozium-operator(-system)?" in namespace "suite-helm-test" exists and cannot be imported.*release-name.*"sympozium"/s,
  );
  expect(JSON.parse(await helm(['list', '--output=json']))).not.toContainEqual(
    expect.objectContaining({ name: 'second' }),
  );
});
