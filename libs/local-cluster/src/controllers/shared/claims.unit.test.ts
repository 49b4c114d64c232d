import { expect, it } from 'vitest';
import { DEPLOYMENT, REPLICA_SET } from '../apps/replica-set.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';
import { POD } from './pod.js';

const DEPLOYED = {
  metadata: { name: 'd', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'd' } },
    template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
};
const KEY = { namespace: 'default', name: 'd' };

it('a Deployment that comes again takes its orphaned ReplicaSet over, and that one its Pods', async () => {
  const { client, create, pods, stop } = await startTestControllers();
  await create(DEPLOYMENT, DEPLOYED);
  const names = pods().map(({ metadata }) => metadata.name);
  await client.delete(DEPLOYMENT, KEY, { propagationPolicy: 'Orphan' });
  await idle();
  const [set] = client.server.objects(REPLICA_SET);
  expect(set?.metadata.ownerReferences ?? []).toEqual([]);
  const { metadata } = await create(DEPLOYMENT, DEPLOYED);
  expect(client.server.objects(REPLICA_SET)).toMatchObject([
    { metadata: { uid: set?.metadata.uid, ownerReferences: [{ uid: metadata.uid, controller: true }] } },
  ]);
  expect(pods().map((pod) => pod.metadata.name)).toEqual(names);
  await stop();
});

it('a Pod whose label is changed is let go and replaced; with its label it is taken in again, and one is too many', async () => {
  const { client, create, pods, stop } = await startTestControllers();
  await create(DEPLOYMENT, DEPLOYED);
  const key = { namespace: 'default', name: pods()[0]?.metadata.name ?? '' };
  const label = (app: string) => client.patch(POD, key, { type: 'merge', body: { metadata: { labels: { app } } } });
  await label('debugged');
  await idle();
  expect(client.server.peek(POD, key)?.metadata.ownerReferences).toEqual([]);
  expect(pods()).toHaveLength(3);
  await label('d');
  await idle();
  expect(pods().map(({ metadata: { ownerReferences = [] } }) => ownerReferences.length)).toEqual([1, 1]);
  await stop();
});

it('a Pod that loses its owner and its label at once is replaced', async () => {
  const { client, create, pods, stop } = await startTestControllers();
  await create(REPLICA_SET, DEPLOYED);
  const key = { namespace: 'default', name: pods()[0]?.metadata.name ?? '' };
  const metadata = { labels: { app: 'debugged' }, ownerReferences: null };
  await client.patch(POD, key, { type: 'merge', body: { metadata } });
  await idle();
  const owners = pods().map(({ metadata: { ownerReferences = [] } }) => ownerReferences.length);
  expect(owners.sort()).toEqual([0, 1, 1]);
  await stop();
});

it('a ReplicaSet that is going takes nothing in', async () => {
  const { client, create, pods, stop } = await startTestControllers();
  await create(REPLICA_SET, { ...DEPLOYED, metadata: { ...DEPLOYED.metadata, finalizers: ['test/held'] } });
  await client.delete(REPLICA_SET, KEY, { propagationPolicy: 'Background' });
  await idle();
  const orphan = { metadata: { name: 'orphan', namespace: 'default', labels: { app: 'd' } }, spec: { containers: [] } };
  await create(POD, orphan);
  const found = pods().find(({ metadata }) => metadata.name === 'orphan');
  expect(found?.metadata.ownerReferences).toBeUndefined();
  await stop();
});
