import { expect, it } from 'vitest';
import { POD, type Pod } from '../shared/pod.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';
import { DEPLOYMENT, REPLICA_SET, replicasOf } from './replica-set.js';

const KEY = { namespace: 'default', name: 'd' };
const template = (image: string) => ({
  metadata: { labels: { app: 'd' } },
  spec: { nodeName: 'n', containers: [{ name: 'c', image }] },
});
const deployment = {
  metadata: KEY,
  spec: {
    ...{ replicas: 2, progressDeadlineSeconds: 600, selector: { matchLabels: { app: 'd' } } },
    ...{ strategy: { type: 'Recreate' }, template: template('one') },
  },
};
const READY = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
};

/** A Deployment of two ready Pods of the image `one`, on a node that ends them when the test says so. */
async function startDeployed() {
  const controllers = await startTestControllers();
  const { client, create, pods, setStatus } = controllers;
  await create(DEPLOYMENT, deployment);
  for (const pod of pods()) await setStatus(pod, READY);
  return {
    ...controllers,
    roll: async (image: string): Promise<void> => {
      await client.patch(DEPLOYMENT, KEY, { type: 'merge', body: { spec: { template: template(image) } } });
      await idle();
    },
    end: async (pod: Pod | undefined): Promise<void> => {
      const key = { namespace: 'default', name: pod?.metadata.name ?? '' };
      await client.delete(POD, key, { gracePeriodSeconds: 0 });
      await idle();
    },
    images: (): unknown[] => pods().map((pod) => (pod.spec.containers[0] as { image?: string } | undefined)?.image),
    status: () => client.server.peek(DEPLOYMENT, KEY)?.status,
    replicas: (): Record<string, number> =>
      Object.fromEntries(
        client.server.objects(REPLICA_SET).map((set) => {
          const [container] = set.spec.template.spec.containers as { image?: string }[];
          return [container?.image ?? '', replicasOf(set)];
        }),
      ),
  };
}

it('starts the new Pods when the last of the old ones is gone', async () => {
  const { pods, roll, end, images, replicas, status, setStatus, stop } = await startDeployed();
  expect([images(), replicas()]).toEqual([['one', 'one'], { one: 2 }]);
  await roll('two');
  expect(replicas()).toEqual({ one: 0 });
  expect(pods().map(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([true, true]);
  expect(status()).toMatchObject({ terminatingReplicas: 2 });
  const [first, second] = pods();
  await end(first);
  expect([images(), replicas()]).toEqual([['one'], { one: 0 }]);
  await end(second);
  expect([images(), replicas()]).toEqual([['two', 'two'], { one: 0, two: 2 }]);
  for (const pod of pods()) await setStatus(pod, READY);
  expect(status()).toMatchObject({ replicas: 2, updatedReplicas: 2, availableReplicas: 2, terminatingReplicas: 0 });
  const reasons = status()?.conditions?.map(({ type, status: is, reason }) => `${type} ${is} ${reason ?? ''}`);
  expect(reasons?.sort()).toEqual([
    'Available True MinimumReplicasAvailable',
    'Progressing True NewReplicaSetAvailable',
  ]);
  await stop();
});

it('goes to the newest template where another comes while it waits', async () => {
  const { pods, roll, end, images, replicas, stop } = await startDeployed();
  await roll('two');
  await roll('three');
  for (const pod of pods()) await end(pod);
  expect([images(), replicas()]).toEqual([['three', 'three'], { one: 0, three: 2 }]);
  await stop();
});

it('scales without ending what runs', async () => {
  const { client, pods, images, stop } = await startDeployed();
  await client.patch(DEPLOYMENT, KEY, { type: 'merge', body: { spec: { replicas: 3 } } });
  await idle();
  expect(images()).toEqual(['one', 'one', 'one']);
  expect(pods().every(({ metadata }) => metadata.deletionTimestamp === undefined)).toBe(true);
  await stop();
});
