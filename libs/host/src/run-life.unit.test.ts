import { AGENT_RUN, SYMPOZIUM_INSTANCE } from '@sympozium/api';
import { CONFIG_MAP, JOB, POD } from '@sympozium/plugin-sdk/manifests';
import { afterEach, describe, expect, it } from 'vitest';
import { admitPlugins } from './index.js';
import { HostRig, probeMode } from './testing/index.js';

const rigs: HostRig[] = [];

async function rigWith(plugin = probeMode()): Promise<HostRig> {
  const rig = new HostRig({ modes: await admitPlugins([{ from: 'test', plugin }]) });
  rigs.push(rig);
  await rig.start();
  return rig;
}

afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.stop()));
});

const done = (rig: HostRig, text = 'hi', startedAt = rig.now()) =>
  ({
    state: 'succeeded',
    startedAt,
    completedAt: rig.now(),
    attempts: 1,
    exitCode: 0,
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    result: { finishReason: 'stop', content: { from: 'inline', text } },
  }) as const;

describe('a run from its creation to its end', () => {
  it('costs two writes when it ends within a second', async () => {
    const rig = await rigWith();
    rig.instance();
    const run = rig.run();
    await rig.advance(400);
    expect(rig.writes).toEqual(['POST jobs']);

    const startedAt = rig.now();
    rig.pod({ state: 'running', startedAt, attempts: 1 });
    await rig.advance(900);
    rig.pod(done(rig, 'hello\nworld', startedAt));
    await rig.quiet();

    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns/status']);
    const job = rig.jobs()[0];
    expect(job?.metadata.ownerReferences).toEqual([
      expect.objectContaining({ uid: run.metadata.uid, controller: true }),
    ]);
    expect(rig.stored()?.status).toEqual({
      phase: 'Succeeded',
      mode: 'probe',
      observedGeneration: 1,
      startedAt,
      completedAt: rig.now(),
      attempts: 1,
      exitCode: 0,
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
      result: { finishReason: 'stop', text: 'hello\nworld' },
      resultPreview: 'hello world',
      children: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'hello', uid: job?.metadata.uid }],
      conditions: [
        condition('Accepted', 'True', 'Accepted', run.metadata.creationTimestamp),
        condition('Applied', 'True', 'Applied', job?.metadata.creationTimestamp),
        condition('Ready', 'False', 'Finished', rig.now()),
        condition('Succeeded', 'True', 'Completed', rig.now()),
      ],
    });
  });

  it('costs a third write, Running, two seconds after its start', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    const startedAt = rig.now();
    rig.pod({ state: 'running', startedAt, attempts: 1 });
    await rig.advance(1_999);
    expect(rig.stored()?.status.phase).toBe('Pending');
    await rig.advance(1);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Running', startedAt });

    await rig.advance(60_000);
    rig.pod(done(rig, 'hi', startedAt));
    await rig.quiet();
    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns/status', 'PATCH agentruns/status']);
    const conditions = rig.stored()?.status.conditions ?? [];
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'Finished' });
  });

  it('is deleted by one write when its time to live is over, also by an operator that starts later', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec: { ttlAfterFinished: '1h' } });
    await rig.quiet();
    rig.pod(done(rig));
    await rig.advance(30 * 60_000);
    await rig.restart();
    await rig.advance(30 * 60_000 - 10_000);
    expect(rig.writes).toEqual([]);
    expect(rig.stored()).toBeDefined();

    await rig.advance(10_000);
    expect(rig.writes).toEqual(['DELETE agentruns']);
    expect(rig.client.writes[0]?.options).toMatchObject({ propagationPolicy: 'Background', uid: expect.any(String) });
    rig.server.collectGarbage();
    await rig.quiet();
    expect([rig.stored(), ...rig.jobs(), ...rig.server.objects(POD)]).toEqual([undefined]);
    expect(rig.writes).toHaveLength(1);
  });

  it('keeps a failed run as long as ttlAfterFailure says, and tells of it by one Event', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec: { ttlAfterFinished: '1h', ttlAfterFailure: '1m' } });
    await rig.quiet();
    rig.pod({ state: 'failed', reason: 'AgentFailed', message: 'it broke', exitCode: 3 });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({
      phase: 'Failed',
      reason: 'AgentFailed',
      message: 'it broke',
      error: { code: 'AgentFailed', message: 'it broke' },
      exitCode: 3,
    });
    await rig.advance(60_000);
    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns/status', 'POST events', 'DELETE agentruns']);
  });

  it('makes no write in a settled hour', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec: { ttlAfterFinished: '48h' } });
    rig.run({ metadata: { name: 'long' }, spec: { timeout: '24h' } });
    await rig.quiet();
    rig.pod(done(rig));
    rig.pod({ state: 'running', startedAt: rig.now(), attempts: 1 }, 'long');
    await rig.advance(10_000);
    rig.client.forgetCalls();
    await rig.advance(3_600_000);
    expect(rig.writes).toEqual([]);
  });

  it('ends Cancelled after its Job was suspended: one write each, and no Event', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    rig.patchSpec('hello', { cancel: true });
    await rig.quiet();
    expect(rig.jobs()[0]).toMatchObject({ spec: { suspend: true } });
    rig.pod({ state: 'running' });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled', observedGeneration: 2 });
    expect(rig.writes).toEqual(['POST jobs', 'PATCH jobs', 'PATCH agentruns/status']);
  });

  it('stops a cancelled run whose instance is gone by deleting what it has', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    rig.server.delete(SYMPOZIUM_INSTANCE, { namespace: 'default', name: 'demo' });
    await rig.quiet();
    rig.patchSpec('hello', { cancel: true });
    await rig.quiet();
    expect(rig.jobs()).toEqual([]);
  });
});

describe('what keeps a run from starting', () => {
  it('is a missing instance: said at once, and gone when the instance comes', async () => {
    const rig = await rigWith();
    rig.run();
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'InstanceNotFound', observedGeneration: 1 });
    expect(rig.stored()?.status.message).toContain('default/demo');
    await rig.advance(60_000);
    expect(rig.writes).toEqual(['PATCH agentruns/status']);

    rig.instance();
    await rig.quiet();
    expect(rig.jobs()).toHaveLength(1);
    expect(rig.stored()?.status.reason).toBeUndefined();
    rig.pod(done(rig));
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Succeeded', result: { text: 'hi' } });
  });

  it('fails it with that reason after its timeout, counted from its creation', async () => {
    const rig = await rigWith();
    rig.run({ spec: { timeout: '5m' } });
    await rig.advance(299_000);
    expect(rig.stored()?.status.phase).toBe('Pending');
    await rig.advance(1_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'InstanceNotFound' });
    expect(rig.stored()?.status.message).toMatch(/^Given up after 5m\..*does not exist/);
    expect(rig.writes).toEqual(['PATCH agentruns/status', 'PATCH agentruns/status', 'POST events']);
  });

  it.each([
    ['a mode that nobody serves', { mode: 'nobody' }, 'Pending', 'ModeUnknown'],
    ['skills that are not there', { skills: [{ skillPackRef: { name: 'web' } }] }, 'Pending', 'SkillPackNotFound'],
    ['wrong params', { params: { wrong: true } }, 'Failed', 'InvalidParams'],
  ])('is %s', async (_what, spec, phase, reason) => {
    const rig = await rigWith();
    rig.instance();
    rig.run({ spec });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase, reason });
    expect(rig.jobs()).toEqual([]);
    expect(rig.writes.filter((write) => write !== 'POST events')).toEqual(['PATCH agentruns/status']);
  });

  it('is skipped for a cancelled run, which ends at once', async () => {
    const rig = await rigWith();
    rig.run({ spec: { cancel: true } });
    rig.run({ metadata: { name: 'other' }, spec: { cancel: true, mode: 'nobody' } });
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
    expect(rig.stored('other')?.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
  });

  it('is what a plugin observes: one write a reason, whatever its words', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    for (const message of ['not found', 'back-off 10s', 'back-off 20s']) {
      rig.pod({ state: 'pending', reason: 'ImagePullFailed', message });
      await rig.advance(5_000);
    }
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'ImagePullFailed', message: 'not found' });
    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns/status']);
  });
});

describe('a run of kubectl apply', () => {
  it('gets owner and labels by one write, and keeps what it has', async () => {
    const rig = await rigWith();
    const instance = rig.instance();
    rig.bareRun({ metadata: { labels: { team: 'blue', 'app.kubernetes.io/managed-by': 'Helm' } } });
    await rig.quiet();
    expect(rig.writes).toEqual(['POST jobs', 'PATCH agentruns']);
    expect(rig.stored()?.metadata).toMatchObject({
      labels: {
        team: 'blue',
        'app.kubernetes.io/managed-by': 'Helm',
        'sympozium.ai/instance': 'demo',
        'sympozium.ai/mode': 'probe',
        'sympozium.ai/run': 'hello',
      },
      ownerReferences: [{ uid: instance.metadata.uid }],
    });
  });
});

describe('children', () => {
  it('of a predecessor are sent away and waited for; its answer is nobody’s', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    const first = rig.jobs()[0]?.metadata.uid;
    rig.pod(done(rig, 'the old answer'));
    rig.server.delete(AGENT_RUN, { namespace: 'default', name: 'hello' });
    rig.run();
    await rig.advance(5_000);
    expect(rig.jobs().map(({ metadata }) => metadata.uid)).not.toContain(first);
    expect(rig.jobs()).toHaveLength(1);
    expect(rig.stored()?.status.phase).toBe('Pending');

    rig.server.collectGarbage();
    rig.pod(done(rig, 'the new answer'));
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Succeeded', result: { text: 'the new answer' } });
  });

  it('of a predecessor that do not go are told of, and waited for without refused writes', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    const finalizers = ['example.dev/hold'];
    rig.server.patch(
      JOB,
      { namespace: 'default', name: 'hello' },
      { type: 'merge', body: { metadata: { finalizers } } },
    );
    rig.server.delete(AGENT_RUN, { namespace: 'default', name: 'hello' });
    rig.run({ spec: { timeout: '1m' } });
    await rig.advance(5_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'NameConflict' });
    rig.client.forgetCalls();
    await rig.advance(50_000);
    expect(rig.writes).toEqual([]);
    await rig.advance(5_000);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'NameConflict' });
  });

  it('whose name somebody else has are a NameConflict, looked at again without writes until it is free', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.server.create(JOB, { apiVersion: 'batch/v1', kind: 'Job', metadata: { namespace: 'default', name: 'hello' } });
    rig.run();
    await rig.quiet();
    expect(rig.stored()?.status).toMatchObject({ phase: 'Pending', reason: 'NameConflict' });
    rig.client.forgetCalls();
    await rig.advance(60_000);
    expect(rig.writes).toEqual([]);

    rig.server.delete(JOB, { namespace: 'default', name: 'hello' });
    await rig.advance(60_000);
    expect(rig.jobs()[0]?.metadata.ownerReferences?.[0]?.uid).toBe(rig.stored()?.metadata.uid);
    expect(rig.stored()?.status.reason).toBeUndefined();
  });

  it('that vanish are not made again: a task runs once', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    rig.server.delete(JOB, { namespace: 'default', name: 'hello' });
    await rig.quiet();
    expect(rig.jobs()).toEqual([]);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'JobLost' });
  });

  it('that vanish while no operator runs are not made again once status tells of them', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    await rig.quiet();
    rig.pod({ state: 'running', startedAt: rig.now() });
    await rig.advance(3_000);
    await rig.client.close();
    rig.server.delete(JOB, { namespace: 'default', name: 'hello' });
    rig.server.collectGarbage();
    await rig.restart();
    expect(rig.jobs()).toEqual([]);
    expect(rig.stored()?.status).toMatchObject({ phase: 'Failed', reason: 'JobLost' });
  });
});

describe('large answers', () => {
  it('of 32 KiB are inline, larger ones in an owned ConfigMap, byte for byte', async () => {
    const rig = await rigWith();
    rig.instance();
    rig.run();
    rig.run({ metadata: { name: 'large' } });
    await rig.quiet();
    const text = 'é'.repeat(16 * 1024);
    rig.pod(done(rig, text));
    rig.pod(done(rig, `${text}\u0000`), 'large');
    await rig.quiet();
    expect(rig.stored()?.status.result).toEqual({ finishReason: 'stop', text });
    expect(rig.stored('large')?.status.result).toEqual({ finishReason: 'stop', ref: { name: 'large-result' } });
    const map = rig.server.peek(CONFIG_MAP, { namespace: 'default', name: 'large-result' });
    expect(Buffer.from(map?.binaryData?.['result'] ?? '', 'base64').toString()).toBe(`${text}\u0000`);
    expect(map?.metadata.ownerReferences?.[0]?.uid).toBe(rig.stored('large')?.metadata.uid);
    const writes = rig.client.writes.map(({ kind, name }) => `${kind?.kind} ${name}`);
    expect(writes.indexOf('ConfigMap large-result')).toBeLessThan(writes.lastIndexOf('AgentRun large'));
  });
});

const condition = (type: string, status: string, reason: string, at: string | undefined) => ({
  type,
  status,
  reason,
  message: '',
  lastTransitionTime: at,
  observedGeneration: 1,
});
