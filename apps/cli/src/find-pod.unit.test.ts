import { AGENT_RUN, API_VERSION, LABEL, type AgentRun, type Phase } from '@sympozium/api';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { describe, expect, it } from 'vitest';
import { newestPod, startedPod } from './find-pod.js';

const PODS = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

async function withRun(phase: Phase): Promise<{ client: FakeKubeClient; run: AgentRun }> {
  const client = new FakeKubeClient();
  const object = {
    apiVersion: API_VERSION,
    kind: AGENT_RUN.kind,
    metadata: { name: 'hello', namespace: 'default' },
    spec: { instanceRef: { name: 'demo' }, mode: 'task', task: 'hi' },
  };
  const { metadata } = await client.create(AGENT_RUN, object);
  return { client, run: await setPhase(client, metadata.name, phase) };
}

const setPhase = (client: FakeKubeClient, name: string, phase: Phase): Promise<AgentRun> =>
  client.patch(
    AGENT_RUN,
    { namespace: 'default', name },
    { type: 'merge', body: { status: { phase } } },
    { subresource: 'status' },
  );

async function addPod(client: FakeKubeClient, run: AgentRun, name: string, phase: string): Promise<void> {
  const metadata = { name, namespace: 'default', labels: { [LABEL.runUid]: run.metadata.uid ?? '' } };
  await client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata });
  const patch = { type: 'merge', body: { status: { phase } } } as const;
  await client.patch(PODS, { namespace: 'default', name }, patch, { subresource: 'status' });
}

describe('newestPod', () => {
  it('is the run’s own', async () => {
    const { client, run } = await withRun('Running');
    await addPod(client, { ...run, metadata: { ...run.metadata, uid: 'another run' } }, 'foreign', 'Running');
    await addPod(client, run, 'own', 'Running');
    expect(await newestPod(client, run)).toBe('own');
  });

  it('says what to do when there is none', async () => {
    const waiting = await withRun('Pending');
    await expect(newestPod(waiting.client, waiting.run)).rejects.toThrow(/no Pod yet.*--follow/);
    const ended = await withRun('Succeeded');
    await expect(newestPod(ended.client, ended.run)).rejects.toThrow(/no Pod any more.*kubectl get arun hello/);
  });
});

describe('startedPod', () => {
  it('waits for the Pod, and until it has started', async () => {
    const { client, run } = await withRun('Pending');
    const steps = [
      () => addPod(client, run, 'pod', 'Pending'),
      async () =>
        void (await client.patch(PODS, { namespace: 'default', name: 'pod' }, running, { subresource: 'status' })),
    ];
    const running = { type: 'merge', body: { status: { phase: 'Running' } } } as const;
    const pod = await startedPod(client, run, async () => {
      const step = steps.shift() ?? expect.unreachable('the Pod runs by now');
      await step();
    });
    expect(pod).toBe('pod');
    expect(steps).toHaveLength(0);
  });

  it('does not wait for a run that ended without one', async () => {
    const { client, run } = await withRun('Pending');
    await expect(startedPod(client, run, () => setPhase(client, 'hello', 'Failed'))).rejects.toThrow(/no Pod any more/);
  });
});
