import { describe, expect, it } from 'vitest';
import { EVENT, type Condition } from '../shared/kinds.js';
import { LEASE, NODE, type Node } from '../shared/node.js';
import { POD, podCondition, type Pod, type Toleration } from '../shared/pod.js';
import { idle, startTestControllers } from '../testing/test-controllers.js';

const START = '2026-01-01T00:00:00Z';
const READY: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'KubeletReady',
  lastHeartbeatTime: START,
  lastTransitionTime: START,
};
const TOLERATIONS = ['not-ready', 'unreachable'].map((key) => ({
  ...{ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
}));
const node = (name: string, more: object = {}): Node => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name }, status: { conditions: [READY] } },
  ...more,
});
const pod = (name: string, nodeName: string, tolerations: Toleration[] = TOLERATIONS): Pod => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' } },
  spec: { nodeName, tolerations, containers: [{ name: 'c' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: START }] },
});

/** Controllers with nodes, of which those that `live` keep their lease while time goes by. */
async function startWith(...nodes: readonly Node[]) {
  const controllers = await startTestControllers();
  const { client, clock, advance } = controllers;
  for (const one of nodes) client.server.put(NODE, one);
  await idle();
  const nodeNamed = (name: string): Node | undefined => client.server.peek(NODE, { name });
  return {
    ...controllers,
    /** In steps of five seconds. */
    pass: async (seconds: number, ...live: readonly string[]): Promise<void> => {
      for (let passed = 0; passed < seconds; passed += 5) {
        for (const name of live) {
          const metadata = { name, namespace: 'kube-node-lease' };
          const renewTime = new Date(clock.now()).toISOString();
          client.server.put(LEASE, {
            apiVersion: 'coordination.k8s.io/v1',
            kind: 'Lease',
            metadata,
            spec: { renewTime },
          });
        }
        await advance(5_000);
      }
    },
    patchNode: async (name: string, body: object, subresource?: 'status'): Promise<void> => {
      await client.patch(NODE, { name }, { type: 'strategic', body }, subresource ? { subresource } : {});
      await idle();
    },
    ready: (name: string) => nodeNamed(name)?.status?.conditions?.find(({ type }) => type === 'Ready'),
    conditions: (name: string) => nodeNamed(name)?.status?.conditions?.map(({ type, status }) => `${type} ${status}`),
    taints: (name: string) =>
      nodeNamed(name)?.spec?.taints?.map(({ key, effect }) => `${key.split('/')[1] ?? key} ${effect}`),
    podNamed: (name: string): Pod | undefined => client.server.peek(POD, { namespace: 'default', name }),
    messages: (reason: string): unknown[] =>
      client.server
        .objects(EVENT)
        .filter((event) => (event as { reason?: string }).reason === reason)
        .map((event) => (event as { message?: string }).message),
  };
}

describe('a node', () => {
  it('that renews its lease is let alone, whatever its conditions say of their times', async () => {
    const { client, ready, pass, stop } = await startWith(node('n'));
    await pass(600, 'n');
    expect([ready('n'), client.writes.filter(({ kind }) => kind === NODE)]).toEqual([READY, []]);
    await stop();
  });

  it('that is silent for 50 seconds is Unknown, and its Pods are not ready', async () => {
    const { client, ready, conditions, taints, podNamed, messages, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    await pass(20, 'n', 'm');
    await pass(45, 'm'); // it was heard of at 15 seconds
    expect([ready('n'), taints('n')]).toEqual([READY, undefined]);
    await pass(5, 'm');
    expect(ready('n')).toEqual({
      ...READY,
      ...{ status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' },
      lastTransitionTime: '2026-01-01T00:01:10Z',
    });
    expect(conditions('n')).toEqual([
      ...['Ready Unknown', 'MemoryPressure Unknown', 'DiskPressure Unknown', 'PIDPressure Unknown'],
    ]);
    expect(taints('n')).toEqual(['unreachable NoSchedule', 'unreachable NoExecute']);
    const unready = podNamed('p');
    expect(unready && podCondition(unready, 'Ready')).toMatchObject({ status: 'False' });
    expect(messages('NodeNotReady')).toEqual(['Node n status is now: NodeNotReady', 'Node is not ready']);
    client.forgetCalls();
    await pass(100, 'm');
    expect(client.writes).toEqual([]);
    await stop();
  });

  it('that comes back loses its taints, and what it says of its Pods counts', async () => {
    const { clock, taints, podNamed, patchNode, setStatus, client, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    await pass(60, 'm');
    expect(taints('n')).toHaveLength(2);
    const found = podNamed('p');
    const now = new Date(clock.now()).toISOString();
    if (found) await setStatus(found, { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now }] });
    const again = podNamed('p');
    expect(again && podCondition(again, 'Ready')?.status).toBe('True');
    await patchNode('n', { status: { conditions: [{ ...READY, lastHeartbeatTime: now }] } }, 'status');
    expect(taints('n')).toEqual([]);
    await stop();
  });

  it('that never said anything has a minute', async () => {
    const { conditions, ready, pass, stop } = await startWith(node('n', { status: {} }), node('m'));
    await pass(60, 'm');
    expect(conditions('n')).toBeUndefined();
    await pass(5, 'm');
    expect(ready('n')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusNeverUpdated', lastHeartbeatTime: START });
    await stop();
  });

  it('is not taken for silent where the cache is late', async () => {
    const { client, ready, pass, stop } = await startWith(node('n'));
    await pass(5, 'n');
    await pass(45);
    client.watches.freeze();
    client.server.patch(
      LEASE,
      { namespace: 'kube-node-lease', name: 'n' },
      { type: 'merge', body: { spec: { renewTime: 'later' } } },
    );
    await pass(10);
    expect(ready('n')).toEqual(READY);
    await stop();
  });

  it('carries the taints of its conditions, beside those of others', async () => {
    const others = [
      { key: 'mine', value: 'v', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoExecute' },
    ];
    const { taints, patchNode, stop } = await startWith(node('n', { spec: { taints: others } }), node('m'));
    const kept = ['mine NoSchedule', 'unschedulable NoExecute'];
    const pressed = { type: 'DiskPressure', status: 'True' };
    await patchNode('n', { spec: { unschedulable: true } });
    await patchNode('n', { status: { conditions: [pressed] } }, 'status');
    expect(taints('n')).toEqual([...kept, 'unschedulable NoSchedule', 'disk-pressure NoSchedule']);
    await patchNode('n', { spec: { unschedulable: false } });
    await patchNode('n', { status: { conditions: [{ ...pressed, status: 'False' }] } }, 'status');
    expect(taints('n')).toEqual(kept);
    await patchNode('n', { status: { conditions: [{ ...READY, status: 'False' }] } }, 'status');
    expect(taints('n')).toEqual([...kept, 'not-ready NoSchedule', 'not-ready NoExecute']);
    await stop();
  });

  it('keeps its Pods where no other is ready either, until one is', async () => {
    const { client, podNamed, taints, patchNode, clock, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    await pass(1_000);
    expect([taints('n'), taints('m')]).toEqual([['unreachable NoSchedule'], ['unreachable NoSchedule']]);
    expect(podNamed('p')?.metadata.deletionTimestamp).toBeUndefined();
    const lastHeartbeatTime = new Date(clock.now()).toISOString();
    await patchNode('m', { status: { conditions: [{ ...READY, lastHeartbeatTime }] } }, 'status');
    expect([taints('n'), taints('m')]).toEqual([['unreachable NoSchedule', 'unreachable NoExecute'], []]);
    await stop();
  });
});

describe('a Pod on a tainted node', () => {
  const tainted = node('n', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } });
  const isGoing = (found: Pod | undefined): boolean => found?.metadata.deletionTimestamp !== undefined;

  it('goes after the time that it tolerates the taint, and its status says what for', async () => {
    const { client, podNamed, messages, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    await pass(55, 'm');
    await pass(295, 'm');
    expect(isGoing(podNamed('p'))).toBe(false);
    await pass(5, 'm');
    const going = podNamed('p');
    expect(going && [isGoing(going), podCondition(going, 'DisruptionTarget')]).toMatchObject([
      true,
      { status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' },
    ]);
    expect(messages('TaintManagerEviction')).toEqual(['Marking for deletion Pod default/p']);
    await pass(600, 'm');
    expect(isGoing(podNamed('p'))).toBe(true); // until its node, or somebody, ends it
    await stop();
  });

  it('stays where the node comes back in time, and has all its time again', async () => {
    const { client, podNamed, patchNode, messages, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    const setReady = (status: string) => patchNode('n', { status: { conditions: [{ ...READY, status }] } }, 'status');
    await setReady('False');
    await pass(295, 'n', 'm');
    await setReady('True');
    expect(messages('TaintManagerEviction')).toEqual(['Cancelling deletion of Pod default/p']);
    await setReady('False');
    await pass(295, 'n', 'm');
    expect(isGoing(podNamed('p'))).toBe(false);
    await pass(5, 'n', 'm');
    expect(isGoing(podNamed('p'))).toBe(true);
    await stop();
  });

  it('goes at once where it does not tolerate the taint, and never where it does without an end', async () => {
    const { client, podNamed, pass, stop } = await startWith(tainted);
    client.server.put(POD, pod('strange', 'n'));
    client.server.put(POD, pod('used', 'n', [{ key: 'k', operator: 'Exists' }]));
    client.server.put(POD, pod('hasty', 'n', [{ operator: 'Exists', tolerationSeconds: 0 }]));
    client.server.put(
      POD,
      pod('shorter', 'n', [
        { key: 'k', operator: 'Exists' },
        { operator: 'Exists', tolerationSeconds: 10 },
      ]),
    );
    client.server.put(POD, pod('elsewhere', 'm', []));
    await idle();
    const going = () =>
      client.server
        .objects(POD)
        .filter(isGoing)
        .map(({ metadata }) => metadata.name);
    expect(going()).toEqual(['hasty', 'strange']);
    await pass(10, 'n');
    expect(going()).toEqual(['hasty', 'shorter', 'strange']);
    expect(podNamed('used')).toBeDefined();
    await stop();
  });
});

describe('a Pod whose node is gone', () => {
  it('is failed and removed after 40 seconds, with its history where it had ended', async () => {
    const { client, podNamed, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    client.server.put(POD, { ...pod('over', 'n'), status: { phase: 'Succeeded' } });
    client.server.put(POD, {
      ...pod('held', 'n'),
      metadata: { ...pod('held', 'n').metadata, finalizers: ['test/held'] },
    });
    client.server.put(POD, pod('other', 'm'));
    await idle();
    await client.delete(NODE, { name: 'n' });
    await pass(35, 'm');
    expect(client.server.objects(POD)).toHaveLength(4);
    await pass(5, 'm');
    expect(client.server.objects(POD).map(({ metadata }) => metadata.name)).toEqual(['held', 'other']);
    expect(podNamed('held')).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 0 },
      status: { phase: 'Failed' },
    });
    const held = podNamed('held');
    expect(held && podCondition(held, 'DisruptionTarget')).toMatchObject({
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    });
    await stop();
  });

  it('stays where the node comes again, or is there without being seen', async () => {
    const { client, podNamed, pass, stop } = await startWith(node('n'), node('m'));
    client.server.put(POD, pod('p', 'n'));
    client.server.put(POD, pod('q', 'm'));
    await client.delete(NODE, { name: 'n' });
    await idle();
    await client.delete(NODE, { name: 'm' });
    await pass(20);
    client.server.put(NODE, node('n'));
    await idle();
    client.watches.freeze();
    client.server.put(NODE, node('m'));
    await pass(60);
    expect([podNamed('p'), podNamed('q')]).toMatchObject([
      { status: { phase: 'Running' } },
      { status: { phase: 'Running' } },
    ]);
    await stop();
  });

  it('is tried again where it could not be removed', async () => {
    const { client, podNamed, pass, stop } = await startWith(node('m'));
    client.server.put(POD, pod('p', 'n'));
    await idle();
    client.fail(({ verb, kind }) => verb === 'delete' && kind === POD, new Error('not now'));
    await pass(60, 'm');
    expect(podNamed('p')).toBeUndefined();
    await stop();
  });
});
