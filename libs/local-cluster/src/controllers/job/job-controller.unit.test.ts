import { expect, it } from 'vitest';
import { EVENT } from '../shared/kinds.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';
import { JOB, TRACKING } from './job.js';

const SPEC = {
  parallelism: 1,
  completions: 1,
  backoffLimit: 1,
  template: { metadata: { labels: { a: 'b' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c' }] } },
};
const job = (spec: object = {}) => ({ metadata: { name: 'j', namespace: 'default' }, spec: { ...SPEC, ...spec } });
const KEY = { namespace: 'default', name: 'j' };
const ended = (exitCode: number, finishedAt: string) => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [{ name: 'c', state: { terminated: { exitCode, finishedAt } } }],
});

it('creates a Pod, counts its success, says so, and then writes nothing more', async () => {
  const { client, create, pods, setStatus, stop, advance } = await startTestControllers();
  const { metadata } = await create(JOB, job());
  const [pod] = pods();
  const podName = pod?.metadata.name ?? '';
  expect(pod?.metadata).toMatchObject({
    generateName: 'j-',
    labels: { a: 'b' },
    finalizers: [TRACKING],
    ownerReferences: [
      { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: metadata.uid, controller: true, blockOwnerDeletion: true },
    ],
  });
  expect(client.server.peek(JOB, KEY)?.status).toEqual({
    startTime: '2026-01-01T00:00:00Z',
    ...{ active: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} },
  });
  if (pod) await setStatus(pod, ended(0, '2026-01-01T00:00:00Z'));
  const done = client.server.peek(JOB, KEY)?.status ?? {};
  expect(done).toMatchObject({ succeeded: 1, ready: 0, terminating: 0, completionTime: '2026-01-01T00:00:00Z' });
  expect(done).not.toHaveProperty('active');
  expect(done.uncountedTerminatedPods).toEqual({});
  expect(done.conditions?.map(({ type, reason, message }) => [type, reason, message])).toEqual([
    ['SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'],
    ['Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'],
  ]);
  expect(pods().flatMap(({ metadata: { finalizers = [] } }) => finalizers)).toEqual([]);
  expect(client.server.objects(EVENT).map((event) => (event as { message?: string }).message)).toEqual(
    expect.arrayContaining([`Created pod: ${podName}`, 'Job completed']),
  );
  client.forgetCalls();
  await advance(60_000);
  expect(client.writes).toEqual([]);
  await stop();
});

it('waits ten seconds after a failure, then tries again, up to its limit', async () => {
  const { client, create, pods, setStatus, stop, advance } = await startTestControllers();
  await create(JOB, job());
  const [first] = pods();
  if (first) await setStatus(first, ended(1, '2026-01-01T00:00:00Z'));
  expect(client.server.peek(JOB, KEY)?.status).toMatchObject({ failed: 1 });
  await advance(9_000);
  expect(pods()).toHaveLength(1);
  await advance(1_000);
  const second = pods().find(({ metadata }) => metadata.name !== first?.metadata.name);
  expect(pods()).toHaveLength(2);
  if (second) await setStatus(second, ended(1, '2026-01-01T00:00:10Z'));
  const conditions = client.server.peek(JOB, KEY)?.status?.conditions ?? [];
  expect(conditions.map(({ type, reason }) => [type, reason])).toEqual([
    ['FailureTarget', 'BackoffLimitExceeded'],
    ['Failed', 'BackoffLimitExceeded'],
  ]);
  await stop();
});

it('ends a Job by a rule of its failure policy, with the words of the rule', async () => {
  const { client, create, pods, setStatus, stop } = await startTestControllers();
  const onExitCodes = { containerName: 'c', operator: 'In', values: [42] };
  await create(JOB, job({ podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes }] } }));
  const [pod] = pods();
  if (pod) await setStatus(pod, ended(42, '2026-01-01T00:00:00Z'));
  expect(client.server.peek(JOB, KEY)?.status?.conditions?.at(-1)).toMatchObject({
    type: 'Failed',
    reason: 'PodFailurePolicy',
    message: `Container c for pod default/${pod?.metadata.name ?? ''} failed with exit code 42 matching FailJob rule at index 0`,
  });
  await stop();
});

it('ends a Job at its deadline and deletes its Pod', async () => {
  const { client, create, pods, stop, advance } = await startTestControllers();
  await create(JOB, job({ activeDeadlineSeconds: 5 }));
  expect(pods()).toHaveLength(1);
  await advance(5_000);
  expect(client.server.peek(JOB, KEY)?.status?.conditions?.at(-1)).toMatchObject({
    type: 'Failed',
    reason: 'DeadlineExceeded',
  });
  expect(pods()).toEqual([]);
  await stop();
});

it('has no Pods while it is suspended', async () => {
  const { client, create, pods, stop } = await startTestControllers();
  await create(JOB, job({ suspend: true }));
  expect(pods()).toEqual([]);
  expect(client.server.peek(JOB, KEY)?.status?.conditions).toMatchObject([{ type: 'Suspended', status: 'True' }]);
  await client.patch(JOB, KEY, { type: 'merge', body: { spec: { suspend: false } } });
  await idle();
  expect(pods()).toHaveLength(1);
  expect(client.server.peek(JOB, KEY)?.status?.conditions).toMatchObject([{ type: 'Suspended', reason: 'JobResumed' }]);
  await stop();
});

it('goes when its time after the end is over', async () => {
  const { client, create, pods, setStatus, stop, advance } = await startTestControllers();
  await create(JOB, job({ ttlSecondsAfterFinished: 30 }));
  const [pod] = pods();
  if (pod) await setStatus(pod, ended(0, '2026-01-01T00:00:00Z'));
  await advance(29_000);
  expect(client.server.peek(JOB, KEY)).toBeDefined();
  await advance(1_000);
  expect([client.server.peek(JOB, KEY), pods()]).toEqual([undefined, []]);
  await stop();
});
