import type { Kind, KubeObject } from '@sympozium/api';
import { KubeError } from '@sympozium/kube';
import { FakeKubeClient, type Call } from '@sympozium/kube/testing';
import { FakeClock, recordingLogger, settle } from '@sympozium/process/testing';
import { beforeEach, expect, it } from 'vitest';
import { NodeRegistration } from './node-registration.js';

interface Condition {
  type: string;
  status: string;
  lastTransitionTime: string;
}
interface Node extends KubeObject {
  spec?: { taints?: { key: string; effect: string }[] };
  status?: { conditions: Condition[]; daemonEndpoints: unknown; capacity: unknown; addresses: unknown };
}
interface Lease extends KubeObject {
  spec: { renewTime: string; holderIdentity: string; leaseDurationSeconds: number };
}
const NODE: Kind<Node> = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };
const LEASE: Kind<Lease> = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true };

let clock: FakeClock;
let client: FakeKubeClient;
let registration: NodeRegistration;
let lines: Record<string, unknown>[];

beforeEach(() => {
  clock = new FakeClock(Date.parse('2026-01-01T00:00:00Z'));
  client = new FakeKubeClient({ clock, admit: taintNewNodes });
  const recording = recordingLogger();
  lines = recording.lines;
  registration = new NodeRegistration({
    ...{ client, clock, log: recording.log, nodeName: 'virtual-1', hostIP: '127.0.0.1', capacity: { pods: '10' } },
    kubeletPort: () => 10_250,
  });
});

/** As the API server's admission does. */
function taintNewNodes(kind: Kind, object: KubeObject, old: KubeObject | undefined): void {
  if (kind.kind !== 'Node' || old) return;
  const taints = [
    { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    { key: 'example.com/mine', effect: 'NoSchedule' },
  ];
  Object.assign(object, { spec: { taints } });
}

const node = (): Node | undefined => client.server.peek(NODE, { name: 'virtual-1' });
const lease = (): Lease | undefined => client.server.peek(LEASE, { namespace: 'kube-node-lease', name: 'virtual-1' });
const ready = (): Condition | undefined => node()?.status?.conditions.find(({ type }) => type === 'Ready');
const isLease = ({ kind }: Call): boolean => kind?.kind === 'Lease';

it('registers a node that is ready for Pods', async () => {
  await registration.start();
  expect(node()?.metadata.labels).toMatchObject({
    'kubernetes.io/hostname': 'virtual-1',
    'node.sympozium.ai/virtual': 'true',
  });
  expect(node()?.spec?.taints).toEqual([{ key: 'example.com/mine', effect: 'NoSchedule' }]);
  expect(ready()?.status).toBe('True');
  expect(node()?.status).toMatchObject({
    capacity: { pods: '10' },
    daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }, { type: 'Hostname' }],
  });
  expect(lease()?.spec).toEqual({
    holderIdentity: 'virtual-1',
    leaseDurationSeconds: 40,
    renewTime: '2026-01-01T00:00:00.000000Z',
  });
  expect(lease()?.metadata.ownerReferences).toMatchObject([{ kind: 'Node', uid: node()?.metadata.uid }]);
});

it('writes nothing but its lease from then on', async () => {
  await registration.start();
  client.forgetCalls();
  await clock.advance(600_000);
  expect(client.writes).toHaveLength(60);
  expect(client.writes.every(isLease)).toBe(true);
  expect(lease()?.spec.renewTime).toBe('2026-01-01T00:10:00.000000Z');
});

it('goes on after failures, and says again that it is ready when the cluster took it for dead', async () => {
  await registration.start();
  client.fail(isLease, new KubeError(0, 'Unreachable', 'connection refused'), { times: 5 });
  await clock.advance(50_000);
  expect(lines.filter(({ msg }) => msg === 'heartbeat failed, trying again')).toHaveLength(5);
  const status = { conditions: [{ type: 'Ready', status: 'Unknown', lastTransitionTime: '' }] };
  await client.patch(NODE, { name: 'virtual-1' }, { type: 'merge', body: { status } }, { subresource: 'status' });
  await clock.advance(10_000);
  expect(ready()).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T00:01:00Z' });
});

it('takes up the Node of its former life', async () => {
  await registration.start();
  const uid = node()?.metadata.uid;
  await registration.stop();
  expect(ready()?.status).toBe('False');
  await registration.start();
  expect(ready()?.status).toBe('True');
  expect(node()?.metadata.uid).toBe(uid);
});

it('is silent once it has stopped', async () => {
  await registration.start();
  await registration.stop();
  client.forgetCalls();
  await clock.advance(60_000);
  await settle();
  expect(client.calls).toEqual([]);
});

it('stops although the API server is away', async () => {
  await registration.start();
  client.fail(() => true, new KubeError(0, 'Unreachable', 'connection refused'), { times: 99 });
  await registration.stop();
  expect(lines.at(-1)?.['msg']).toBe('the Node could not be marked as stopped');
});
