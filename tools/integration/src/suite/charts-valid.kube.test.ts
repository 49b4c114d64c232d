import type { KubeObject } from '@sympozium/api';
import { CASE_NAMESPACES, CHART_CASES } from '@sympozium/chart-gen';
import { kubectlPath } from '@sympozium/get-helm';
import { startControlPlane, type ControlPlane } from '@sympozium/kube-assets';
import type { HttpKubeClient } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { command, type CommandResult } from '../fixture/commands.js';
import { installGatewayApi, isGatewayApiMissing } from '../fixture/gateway-api.js';
import { helmTemplate } from '../fixture/helm.js';
import { installKinds } from '../fixture/install.js';
import { SERVICE_MONITOR_CRD } from '../fixture/service-monitor.js';

const SYSTEM = 'sympozium-system';
const PSA = 'pod-security.kubernetes.io';
const RESTRICTED = { [`${PSA}/enforce`]: 'restricted', [`${PSA}/warn`]: 'restricted', [`${PSA}/audit`]: 'restricted' };

/** A control plane of its own: other suites say what happens without the Gateway API. */
let folder: string;
let plane: ControlPlane;
let client: HttpKubeClient;

const kubectl = async (args: readonly string[], objects: readonly object[]): Promise<CommandResult> => {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return command(await kubectlPath(), ['--kubeconfig', plane.kubeconfig, ...args, '--filename=-'], list);
};

const valid = (objects: readonly KubeObject[]): Promise<CommandResult> =>
  kubectl(['apply', '--dry-run=server', '--validate=strict', '--server-side'], objects);

const gatewayApiMissing = await isGatewayApiMissing();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sympozium-charts-valid-'));
  plane = await startControlPlane({ folder, durable: false });
  ({ client } = await clientFromKubeconfig({ kubeconfig: plane.kubeconfig }));
  if (!gatewayApiMissing) await installGatewayApi(client);
  await installKinds(client, [SERVICE_MONITOR_CRD]);
  const namespaces = [SYSTEM, ...CASE_NAMESPACES, 'default'].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: RESTRICTED },
  }));
  expect(await kubectl(['apply', '--server-side'], namespaces)).toMatchObject({ exitCode: 0, stderr: '' });
});

afterAll(async () => {
  await client?.close();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('the CRDs are taken as they are', async () => {
  const objects = await helmTemplate('sympozium-crds', { release: 'demo', namespace: SYSTEM });
  expect(objects.length).toBeGreaterThan(3);
  expect(await valid(objects)).toMatchObject({ exitCode: 0, stderr: '' });
});

describe.each(CHART_CASES)('$chart with $what', ({ chart, values }) => {
  const route = 'httpRoute' in values;

  test.skipIf(route && gatewayApiMissing)('is taken without a warning, where Pod Security is restricted', async () => {
    const objects = await helmTemplate(chart, { release: 'demo', namespace: SYSTEM, values });
    // Whoever makes a Pod needs its account to be there.
    const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount');
    expect(await kubectl(['apply', '--server-side'], accounts)).toMatchObject({ exitCode: 0, stderr: '' });
    const { exitCode, stdout, stderr } = await valid(objects);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(objects.length);
  });
});

it('what a chart must not do would be refused, or warned of', async () => {
  const objects = await helmTemplate('sympozium', { release: 'demo', namespace: SYSTEM });
  const deployment = objects.find(({ kind }) => kind === 'Deployment');
  const spoiled = JSON.parse(
    JSON.stringify(deployment).replaceAll('"allowPrivilegeEscalation":false,', ''),
  ) as KubeObject;
  expect((await valid([spoiled])).stderr).toContain('would violate PodSecurity "restricted');
  const misspelt = { ...deployment, spec: { replica: 2 } } as unknown as KubeObject;
  expect(await valid([misspelt])).toMatchObject({ exitCode: 1 });
});
