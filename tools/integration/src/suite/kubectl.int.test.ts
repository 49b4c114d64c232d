import { CEL_CASES } from '@sympozium/api/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command, kubectl } from '../fixture/commands.js';
import { readObjects } from '../fixture/install.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { kubectlPath } from '@sympozium/get-helm';

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
    expect(row).toMatch(/^hello\s+Succeeded\s+task\s+demo\s+.*\d+s\s+\S/);
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

it('the CRDs are accepted without a warning', async () => {
  const kubeconfig = ['--kubeconfig', system.cluster.admin];
  for (const crd of readObjects('charts/sympozium-crds/crds')) {
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
