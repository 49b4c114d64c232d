import { expect, it } from 'vitest';
import { DEPLOYMENT } from '../apps/replica-set.js';
import { POD } from '../shared/pod.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';
import { BUDGET, type Budget } from './disruption-controller.js';

const SINCE = '2026-01-01T00:00:00Z';
const READY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: SINCE }] };
const UNREADY = { phase: 'Running', conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: SINCE }] };
const KEY = { namespace: 'default', name: 'b' };
const SELECTOR = { matchLabels: { app: 'a' } };
const budget = (spec: Partial<Budget['spec']>) => ({ metadata: KEY, spec: { selector: SELECTOR, ...spec } });
const pod = (name: string, more: object = {}) => ({
  metadata: { name, namespace: 'default', labels: { app: 'a' }, ...more },
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const deployment = (replicas: number) => ({
  metadata: { name: 'd', namespace: 'default' },
  spec: {
    ...{ replicas, selector: SELECTOR, strategy: { type: 'Recreate' } },
    template: { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
});

/** Controllers with a budget `b`; `counts` are its healthy, desired, expected Pods, and how many may be evicted. */
async function startWith(spec: Partial<Budget['spec']>) {
  const controllers = await startTestControllers();
  const { client, create, pods, setStatus } = controllers;
  await create(BUDGET, budget(spec));
  const status = () => client.server.peek(BUDGET, KEY)?.status;
  return {
    ...{ ...controllers, status },
    counts: (): unknown[] => {
      const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed } = status() ?? {};
      return [currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed];
    },
    allReady: async (): Promise<void> => {
      for (const one of pods()) await setStatus(one, READY);
    },
    disrupt: async (disruptedPods: Record<string, string>): Promise<void> => {
      const body = { status: { disruptedPods } };
      await client.patch(BUDGET, KEY, { type: 'merge', body }, { subresource: 'status' });
      await idle();
    },
  };
}

it('allows what is ready beyond the least number of Pods, and tells since when', async () => {
  const { client, create, setStatus, advance, status, counts, stop } = await startWith({ minAvailable: 1 });
  expect(counts()).toEqual([0, 1, 0, 0]);
  const one = await create(POD, pod('one'));
  const two = await create(POD, pod('two'));
  await setStatus(one, READY);
  expect(counts()).toEqual([1, 1, 2, 0]);
  expect(status()?.conditions).toEqual([
    {
      ...{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' },
      ...{ observedGeneration: 1, lastTransitionTime: SINCE },
    },
  ]);
  await advance(5_000);
  await setStatus(two, READY);
  expect(counts()).toEqual([2, 1, 2, 1]);
  expect(status()).toMatchObject({
    observedGeneration: 1,
    conditions: [{ status: 'True', reason: 'SufficientPods', lastTransitionTime: '2026-01-01T00:00:05Z' }],
  });
  client.forgetCalls();
  await advance(3_600_000);
  expect(client.writes).toEqual([]);
  await setStatus(one, UNREADY);
  expect(counts()).toEqual([1, 1, 2, 0]);
  await stop();
});

it('takes shares of the replicas that are wished, and rounds them up', async () => {
  const { client, create, counts, allReady, stop } = await startWith({ minAvailable: '50%' });
  await create(DEPLOYMENT, deployment(5));
  await allReady();
  expect(counts()).toEqual([5, 3, 5, 2]);
  const spec = { minAvailable: null, maxUnavailable: '30%' };
  await client.patch(BUDGET, KEY, { type: 'merge', body: { spec } });
  await idle();
  expect(counts()).toEqual([5, 3, 5, 2]); // 1.5 may be missing: 2
  await client.patch(BUDGET, KEY, { type: 'merge', body: { spec: { maxUnavailable: 1 } } });
  await idle();
  expect(counts()).toEqual([5, 4, 5, 1]);
  const wish = { metadata: { namespace: 'default', name: 'd' }, spec: { replicas: 9 } };
  await client.patch(DEPLOYMENT, wish.metadata, { type: 'merge', body: { spec: wish.spec } });
  await idle();
  expect(counts()).toEqual([5, 8, 9, 0]);
  await stop();
});

it('counts an evicted Pod as gone until it is, or two minutes are over', async () => {
  const { client, create, setStatus, advance, status, counts, disrupt, allReady, stop } = await startWith({
    minAvailable: 1,
  });
  for (const name of ['one', 'two', 'three']) await create(POD, pod(name));
  await allReady();
  expect(counts()).toEqual([3, 1, 3, 2]);
  await disrupt({ one: '2026-01-01T00:00:00Z', two: '2026-01-01T00:00:30Z', unknown: '2026-01-01T00:00:00Z' });
  expect(counts()).toEqual([1, 1, 3, 0]);
  expect(Object.keys(status()?.disruptedPods ?? {})).toEqual(['one', 'two']);
  await client.delete(POD, { namespace: 'default', name: 'two' });
  await idle();
  expect([counts(), status()?.disruptedPods]).toEqual([[1, 1, 2, 0], { one: '2026-01-01T00:00:00Z' }]);
  await advance(119_000);
  expect(counts()).toEqual([1, 1, 2, 0]);
  await advance(1_000);
  expect([counts(), status()?.disruptedPods]).toEqual([[2, 1, 2, 1], undefined]);
  const [left] = client.server.objects(POD);
  if (left) await setStatus(left, UNREADY);
  expect(counts()).toEqual([1, 1, 2, 0]);
  await stop();
});

it('concerns the Pods of its namespace that its selector takes and that are not over', async () => {
  const { client, create, setStatus, counts, allReady, stop } = await startWith({ minAvailable: 0 });
  await create(POD, pod('mine'));
  await create(POD, pod('elsewhere', { namespace: 'other' }));
  await create(POD, pod('unlike', { labels: { app: 'b' } }));
  const over = await create(POD, pod('over'));
  await allReady();
  await setStatus(over, { ...READY, phase: 'Succeeded' });
  expect(counts()).toEqual([1, 0, 1, 1]);
  const select = async (selector: object | null): Promise<unknown[]> => {
    await client.patch(BUDGET, KEY, {
      type: 'json',
      body: [{ op: 'replace', path: '/spec/selector', value: selector }],
    });
    await idle();
    return counts();
  };
  expect(await select({})).toEqual([2, 0, 2, 2]); // all
  await client.patch(BUDGET, KEY, { type: 'json', body: [{ op: 'remove', path: '/spec/selector' }] });
  await idle();
  expect(counts()).toEqual([0, 0, 0, 0]); // none
  await stop();
});

it('counts a Pod that is going for nothing', async () => {
  const { client, create, counts, allReady, stop } = await startWith({ minAvailable: 1 });
  for (const name of ['one', 'two']) await create(POD, { ...pod(name), spec: { ...pod(name).spec, nodeName: 'n' } });
  await allReady();
  expect(counts()).toEqual([2, 1, 2, 1]);
  await client.delete(POD, { namespace: 'default', name: 'one' });
  await idle();
  expect(counts()).toEqual([1, 1, 2, 0]);
  await stop();
});
