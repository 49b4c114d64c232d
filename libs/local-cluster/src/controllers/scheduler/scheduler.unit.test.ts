import { expect, it } from 'vitest';
import { NODE } from '../shared/node.js';
import { POD, podCondition, type Pod } from '../shared/pod.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';
import { hasRoom, obstacles, requests } from './fit.js';
import { unschedulableMessage } from './scheduler.js';

const node = (name: string, spec: object = {}, labels: Record<string, string> = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec },
  status: { allocatable: { cpu: '2', memory: '1Gi', pods: '10' } },
});
const pod = (name: string, cpu: string, spec: object = {}): Pod => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
  spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }], ...spec },
});

it('binds a Pod to the emptiest node that can take it', async () => {
  const { client, create, stop } = await startTestControllers();
  client.server.put(POD, { ...pod('old', '1'), spec: { ...pod('old', '1').spec, nodeName: 'full' } });
  for (const name of ['full', 'empty']) client.server.put(NODE, node(name));
  await idle();
  const bound: unknown[] = [];
  client.onRaw('POST', '/api/v1/namespaces/default/pods/p/binding', (body) => bound.push(body));
  const { metadata } = await create(POD, pod('p', '1'));
  expect(bound).toEqual([
    {
      ...{ apiVersion: 'v1', kind: 'Binding', target: { kind: 'Node', name: 'empty' } },
      metadata: { name: 'p', namespace: 'default', uid: metadata.uid },
    },
  ]);
  await stop();
});

it('says on a Pod why no node takes it, once, and binds it when there is room', async () => {
  const { client, create, stop, advance } = await startTestControllers();
  const bound: unknown[] = [];
  client.onRaw('POST', '/api/v1/namespaces/default/pods/p/binding', (body) => bound.push(body));
  await create(POD, pod('p', '1'));
  const told = client.server.peek(POD, { namespace: 'default', name: 'p' });
  expect(told && podCondition(told, 'PodScheduled')).toMatchObject({
    ...{ status: 'False', reason: 'Unschedulable', message: 'no nodes available to schedule pods' },
  });
  client.forgetCalls();
  await advance(60_000);
  expect(client.writes).toEqual([]);
  client.server.put(NODE, node('fresh'));
  await idle();
  expect(bound).toHaveLength(1);
  await stop();
});

it('knows taints, selectors, affinity and resources', () => {
  const taint = { key: 'k', value: 'v', effect: 'NoSchedule' };
  const tainted = node('n', { taints: [taint] });
  expect(obstacles(pod('p', '1'), tainted, [])).toEqual(['node(s) had untolerated taint(s)']);
  for (const toleration of [{ key: 'k', operator: 'Exists' }, { key: 'k', value: 'v' }, { operator: 'Exists' }])
    expect(obstacles(pod('p', '1', { tolerations: [toleration] }), tainted, [])).toEqual([]);
  expect(obstacles(pod('p', '1'), node('n', { unschedulable: true }), [])).toEqual(['node(s) were unschedulable']);
  const picky = pod('p', '1', { nodeSelector: { disk: 'ssd' } });
  expect(obstacles(picky, node('n'), [])).toEqual(["node(s) didn't match Pod's node affinity/selector"]);
  expect(obstacles(picky, node('n', {}, { disk: 'ssd' }), [])).toEqual([]);
  expect(obstacles(pod('p', '1500m'), node('n'), [pod('q', '1')])).toEqual(['Insufficient cpu']);
  expect([hasRoom(pod('p', '2'), node('n')), hasRoom(pod('p', '2001m'), node('n'))]).toEqual([true, false]);
});

it('counts what a Pod needs at its peak', () => {
  const container = (cpu: string, more: object = {}) => ({ name: 'c', resources: { requests: { cpu } }, ...more });
  const sidecar = container('1', { restartPolicy: 'Always' });
  const spec = { initContainers: [container('3'), sidecar, container('1')], containers: [container('1')] };
  expect(requests(pod('p', '0', spec)).get('cpu')).toBe(3);
  expect(requests(pod('p', '0', { ...spec, initContainers: [sidecar] })).get('cpu')).toBe(2);
});

it('tells of nodes as the scheduler does', () => {
  const full = { problems: ['Insufficient cpu'], room: true };
  const small = { problems: ['Insufficient cpu'], room: false };
  expect(unschedulableMessage([small])).toBe(
    '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  );
  expect(unschedulableMessage([full, { problems: ['node(s) were unschedulable'], room: true }])).toBe(
    '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable. preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
  );
});
