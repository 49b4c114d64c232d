import { expect, it } from 'vitest';
import { EVENT } from '../shared/kinds.js';
import type { Pod } from '../shared/pod.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';
import { DEPLOYMENT, REPLICA_SET, replicasOf } from './replica-set.js';

const KEY = { namespace: 'default', name: 'd' };
const template = (image: string) => ({
  metadata: { labels: { app: 'd' } },
  spec: { containers: [{ name: 'c', image }] },
});
const deployment = (image: string) => ({
  metadata: { name: 'd', namespace: 'default' },
  spec: {
    ...{ replicas: 3, progressDeadlineSeconds: 600, selector: { matchLabels: { app: 'd' } } },
    ...{ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    template: template(image),
  },
});
const READY = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
};
const isNew = (pod: Pod): boolean => pod.status?.phase !== 'Running';

it('rolls out within surge and availability, keeps the old ReplicaSet, and then writes nothing more', async () => {
  const { client, create, pods, setStatus, stop, advance } = await startTestControllers();
  await create(DEPLOYMENT, deployment('one'));
  expect(pods()).toHaveLength(3);
  for (const pod of pods()) await setStatus(pod, READY);
  const conditions = () => client.server.peek(DEPLOYMENT, KEY)?.status?.conditions?.map(({ reason }) => reason);
  expect(conditions()).toEqual(['MinimumReplicasAvailable', 'NewReplicaSetAvailable']);
  await client.patch(DEPLOYMENT, KEY, { type: 'merge', body: { spec: { template: template('two') } } });
  await idle();
  for (let fresh = pods().filter(isNew); fresh.length > 0; fresh = pods().filter(isNew)) {
    expect([fresh.length, pods().length]).toEqual([1, 4]);
    for (const pod of fresh) await setStatus(pod, READY);
  }
  expect(client.server.objects(REPLICA_SET).map(replicasOf).sort()).toEqual([0, 3]);
  expect(client.server.peek(DEPLOYMENT, KEY)?.status).toMatchObject({
    replicas: 3,
    updatedReplicas: 3,
    readyReplicas: 3,
  });
  expect(conditions()).toEqual(['MinimumReplicasAvailable', 'NewReplicaSetAvailable']);
  const scalings = client.server.objects(EVENT).map((event) => (event as { message?: string }).message ?? '');
  expect(scalings.filter((message) => message.startsWith('Scaled'))).toHaveLength(7);
  client.forgetCalls();
  await advance(3_600_000);
  expect(client.writes).toEqual([]);
  await stop();
});

it('says when it has made no progress for too long', async () => {
  const { client, create, stop, advance } = await startTestControllers();
  await create(DEPLOYMENT, deployment('one'));
  await advance(600_000);
  const progressing = client.server
    .peek(DEPLOYMENT, KEY)
    ?.status?.conditions?.find(({ type }) => type === 'Progressing');
  expect(progressing).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  expect(progressing?.message).toMatch(/^ReplicaSet "d-[a-z0-9]+" has timed out progressing\.$/);
  await stop();
});
