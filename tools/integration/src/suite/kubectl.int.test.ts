import { CEL_CASES } from '@sympozium/api/testing';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command, kubectl } from '../fixture/commands.js';
import { readObjects } from '../fixture/install.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';
import { kubectlPath } from '@sympozium/get-helm';

/** Kubernetes' garbage collector looks for new kinds every 30 s, and the server drains for 10 s. */
const GONE_WITHIN_MS = 60_000;

let system: Sympozium;

beforeAll(async () => {
  system = await Sympozium.start(suiteCluster(), { name: 'kubectl' });
});

afterAll(() => system?.stop());

describe('examples/task.yaml with the real kubectl', () => {
  it('ends Succeeded; get shows phase, mode, instance, reason, age and a preview', async () => {
    const applied = await kubectl(system, 'apply', '-f', workspaceFile('examples/task.yaml'));
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
    const waited = await kubectl(
      system,
      'wait',
      'arun/hello',
      '--for=jsonpath={.status.phase}=Succeeded',
      '--timeout=20s',
    );
    expect(waited.exitCode).toBe(0);
    const { stdout } = await kubectl(system, 'get', 'arun');
    const [head = '', row = ''] = stdout.split('\n');
    expect(head.split(/\s+/)).toEqual(['NAME', 'PHASE', 'MODE', 'INSTANCE', 'REASON', 'AGE', 'RESULT']);
    expect(row).toMatch(/^hello\s+Succeeded\s+task\s+echo\s+.*\d+s\s+\S/);
  });

  it('kubectl logs shows the agent’s frames', async () => {
    const { stdout } = await kubectl(system, 'logs', '-l', 'sympozium.ai/run=hello', '--tail=-1');
    const types = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types[0]).toBe('started');
    expect(types).toContain('delta');
    expect(types.at(-1)).toBe('result');
  });

  it('kubectl explain and describe know the kind', async () => {
    expect((await kubectl(system, 'explain', 'arun.spec.timeout')).stdout).toMatch(/image pull included/);
    expect((await kubectl(system, 'describe', 'arun', 'hello')).stdout).toMatch(/Succeeded/);
  });
});

describe('examples/server.yaml with the real kubectl', () => {
  it('is answered through its Service; its run’s phases are Pending, Serving, Succeeded', async () => {
    const phases = await watchPhases('demo-server');
    const applied = await kubectl(system, 'apply', '-f', workspaceFile('examples/server.yaml'));
    expect(applied).toMatchObject({ exitCode: 0, stderr: '' });
    await until(
      'the server run is there',
      async () => (await kubectl(system, 'get', 'arun/demo-server')).exitCode === 0,
    );
    const waited = await kubectl(system, 'wait', 'arun/demo-server', '--for=condition=Ready', '--timeout=60s');
    expect(waited).toMatchObject({ exitCode: 0 });

    const key = await kubectl(system, 'get', 'secret', 'demo-server-api-key', '-o', 'jsonpath={.data.api-key}');
    const url = `${await system.serviceUrl('demo-server')}/v1/chat/completions`;
    const authorization = `authorization: Bearer ${Buffer.from(key.stdout, 'base64').toString('utf8')}`;
    const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'Hello from curl' }] });
    const answer = await command('curl', [
      ...['-sS', url, '-H', authorization, '-H', 'content-type: application/json', '-d', body],
    ]);
    expect(JSON.parse(answer.stdout)).toMatchObject({ choices: [{ message: { content: 'Hello from curl' } }] });
    const runs = await kubectl(system, 'get', 'arun', '-l', 'sympozium.ai/mode=task', '-o', 'name');
    expect(runs.stdout).toMatch(/agentrun\.sympozium\.ai\/demo-/);

    const deleted = await kubectl(system, 'delete', '-f', workspaceFile('examples/server.yaml'));
    expect(deleted).toMatchObject({ exitCode: 0, stderr: '' });
    const kinds = 'arun,deploy,svc,secret,sa,role,rolebinding';
    const left = async () => kubectl(system, 'get', kinds, '-l', 'sympozium.ai/run=demo-server', '-o', 'name');
    await until('nothing of it is left', async () => (await left()).stdout === '', GONE_WITHIN_MS);
    expect(await phases()).toEqual(['Pending', 'Serving', 'Succeeded']);
  }, 120_000);
});

/** The phases of a run that `kubectl get --watch` shows from now on, each once in a row; call the function to end it. */
async function watchPhases(name: string): Promise<() => Promise<string[]>> {
  const columns = 'custom-columns=NAME:.metadata.name,PHASE:.status.phase';
  const args = ['--kubeconfig', system.cluster.admin, '-n', system.namespace, 'get', 'arun', '-w', '-o', columns];
  const watcher = spawn(await kubectlPath(), args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const rows: string[][] = [];
  createInterface({ input: watcher.stdout }).on('line', (line) => rows.push(line.trim().split(/\s+/)));
  await until('kubectl watches', () => rows.length > 0);
  const phases = (): string[] => rows.filter(([run]) => run === name).map(([, phase = '']) => phase);
  return async () => {
    await until(`${name} has succeeded`, () => phases().at(-1) === 'Succeeded');
    watcher.kill();
    return phases().filter((phase, i, all) => phase !== all[i - 1]);
  };
}

it('the CRDs are accepted without a warning', async () => {
  const kubeconfig = ['--kubeconfig', system.cluster.admin];
  for (const crd of readObjects('charts/sympozium-crds/templates')) {
    const input = JSON.stringify(crd);
    const args = [...kubeconfig, 'apply', '--server-side', '--force-conflicts', '--dry-run=server', '-f', '-'];
    const result = await command(await kubectlPath(), args, input);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  }
});

describe('CEL rules on the real server', () => {
  it.each(CEL_CASES)('$name', async ({ kind, object, status, update, statusUpdate, refusedWith }) => {
    const key = { namespace: system.namespace, name: object.metadata.name };
    const metadata = { ...object.metadata, namespace: system.namespace };
    const merge = (body: object) => system.admin.patch(kind, key, { type: 'merge', body });
    const mergeStatus = (part: object) =>
      system.admin.patch(kind, key, { type: 'merge', body: { status: part } }, { subresource: 'status' });
    const steps = [
      () => system.admin.create(kind, { ...object, metadata }),
      ...(status ? [() => mergeStatus(status)] : []),
      ...(update ? [() => merge(update)] : []),
      ...(statusUpdate ? [() => mergeStatus(statusUpdate)] : []),
    ];
    const last = refusedWith === undefined ? undefined : steps.pop();
    try {
      for (const step of steps) await step();
      if (last) await expect(last()).rejects.toThrow(refusedWith);
    } finally {
      await system.admin.delete(kind, key).catch(() => {}); // a refused object is not there
    }
  });
});
