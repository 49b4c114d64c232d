import { FakeKubeClient } from '@sympozium/kube/testing';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { POD_KIND, SECRET, type Container, type ContainerStatus, type Pod, type PodStatus } from './pod.js';
import { ENDPOINT_SLICE, SERVICE } from './services/service.js';
import { endpointSlice, service } from './testing/service-objects.js';
import { shellPod } from './testing/shell-pod.js';
import { TestNode } from './testing/test-node.js';

vi.setConfig({ testTimeout: 20_000 }); // real processes, on machines that do other things as well

let cluster: TestNode;
beforeEach(() => {
  cluster = new TestNode();
});
afterEach(() => cluster.end());

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { interval: 2, timeout: 10_000 });
const status = (): PodStatus | undefined => cluster.pod('p')?.status;
const main = (): ContainerStatus | undefined => status()?.containerStatuses?.[0];
const sidecar = (name: string): ContainerStatus | undefined =>
  status()?.initContainerStatuses?.find((container) => container.name === name);
const condition = (type: string): string | undefined =>
  status()?.conditions?.find((candidate) => candidate.type === type)?.status;
const untilReady = (value: 'True' | 'False'): Promise<void> => until(() => expect(condition('Ready')).toBe(value));
const untilGone = (): Promise<void> => until(() => expect(cluster.pod('p')).toBeUndefined());
const remove = (): Promise<void> => cluster.client.delete(POD_KIND, { namespace: 'default', name: 'p' });

/** A container that shares the folder `$S` with the others of its Pod. */
const container = (name: string, script: string, more: Partial<Container> = {}): Container => ({
  ...{ name, image: 'local/sh', args: [script] },
  volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
  env: [{ name: 'S', value: '/shared' }],
  ...more,
});
const sidecarOf = (name: string, script: string, more: Partial<Container> = {}): Container =>
  container(name, script, { restartPolicy: 'Always', ...more });
const podOf = (containers: Container[], spec: Partial<Pod['spec']> = {}): Pod =>
  shellPod('p', '', { restartPolicy: 'Always', volumes: [{ name: 'shared', emptyDir: {} }], containers, ...spec });

const file = (pod: Pod, name: string): string =>
  join(cluster.folder, 'pods', pod.metadata.uid ?? '', 'volumes', 'shared', name);
const touch = (pod: Pod, name: string): void => writeFileSync(file(pod, name), '');
/** What containers wrote to `$S/said`, word by word. */
const said = (pod: Pod): string[] => readFileSync(file(pod, 'said'), 'utf8').trim().split(/\s+/);
const exec = (script: string) => ({ exec: { command: ['/bin/sh', '-c', script] } });
const waitFor = (name: string): string => `while [ ! -e $S/${name} ]; do sleep 0.01; done`;
const FOREVER = 'while :; do sleep 0.01; done';
const say = (word: string): string => `echo ${word} >> $S/said`;
/** Says its name at its start and when it is asked to end. */
const talking = (name: string): string => `trap '${say(`-${name}`)}; exit 0' TERM; ${say(`+${name}`)}; ${FOREVER}`;

describe('readiness', () => {
  it('comes when the probe goes well, and goes while the Pod is being ended', async () => {
    await cluster.start();
    const readinessProbe = { ...exec('[ -e $S/ready ]'), periodSeconds: 1 };
    const script = `trap '${waitFor('go')}; exit 0' TERM; ${FOREVER}`;
    const pod = await cluster.create(podOf([container('main', script, { readinessProbe })]));
    await until(() => expect(main()).toMatchObject({ started: true, ready: false, state: { running: {} } }));
    expect([status()?.phase, condition('Ready'), condition('ContainersReady')]).toEqual(['Running', 'False', 'False']);
    touch(pod, 'ready');
    await untilReady('True');
    expect(main()).toMatchObject({ started: true, ready: true });
    expect(cluster.statusWrites('p')).toHaveLength(2);
    await remove();
    await untilReady('False');
    expect(status()?.phase).toBe('Running');
    expect(main()).toMatchObject({ ready: false, state: { running: {} } });
    touch(pod, 'go');
    await untilGone();
    expect(cluster.statusWrites('p')).toHaveLength(4);
  });

  it('of a Pod without a probe is that it runs, in one write', async () => {
    await cluster.start();
    await cluster.create(podOf([container('main', FOREVER)]));
    await untilReady('True');
    expect(cluster.statusWrites('p')).toHaveLength(1);
  });
});

it('a Pod that somebody else has called unready is ready again as of now, in one write', async () => {
  await cluster.start();
  await cluster.create(podOf([container('main', FOREVER)]));
  await untilReady('True');
  const conditions = [{ type: 'Ready', status: 'False', lastTransitionTime: '2020-01-01T00:00:00Z' }];
  const patch = { type: 'strategic', body: { status: { conditions } } } as const;
  await cluster.client.patch(POD_KIND, { namespace: 'default', name: 'p' }, patch, { subresource: 'status' });
  expect(condition('Ready')).toBe('False');
  await untilReady('True');
  const { lastTransitionTime = '' } = status()?.conditions?.find(({ type }) => type === 'Ready') ?? {};
  expect(Date.now() - Date.parse(lastTransitionTime)).toBeLessThan(10_000);
  expect(cluster.statusWrites('p')).toHaveLength(3); // the stranger's is one of them
});

describe('a restarted container', () => {
  it('says how it ended before, and that it waits', async () => {
    await cluster.start();
    await cluster.create(podOf([container('main', 'exit 3')]));
    await until(() => expect(main()?.state.waiting?.reason).toBe('CrashLoopBackOff'));
    expect(main()).toMatchObject({ restartCount: 1, ready: false, lastState: { terminated: { exitCode: 3 } } });
    expect([status()?.phase, condition('Ready')]).toEqual(['Running', 'False']);
  });

  it('is one whose liveness probe fails', async () => {
    await cluster.start();
    const livenessProbe = { ...exec('[ ! -e $S/sick ]'), periodSeconds: 1, failureThreshold: 1 };
    const script = `trap 'rm $S/sick; exit 0' TERM; ${FOREVER}`;
    const pod = await cluster.create(podOf([container('main', script, { livenessProbe })]));
    await untilReady('True');
    touch(pod, 'sick');
    await until(() => expect(main()).toMatchObject({ restartCount: 1, state: { running: {} } }));
    expect(main()?.lastState.terminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
  });
});

describe('a Pod whose node has a next life', () => {
  const lives = (script: string): Pod =>
    podOf([container('main', script)], { initContainers: [sidecarOf('s', FOREVER)] });

  it('goes on there: the same Pod at its address, with folders of its own anew', async () => {
    const first = await cluster.start();
    const pod = await cluster.create(lives(`[ -e $S/old ] && exit 9; ${FOREVER}`));
    await untilReady('True');
    touch(pod, 'old');
    const { podIP } = status() ?? {};
    await first.stop();
    expect([status()?.phase, condition('Ready'), main()?.restartCount]).toEqual(['Running', 'False', 0]);
    expect(main()?.state.terminated).toMatchObject({ exitCode: 143 });

    await cluster.start();
    await untilReady('True');
    expect(status()?.podIP).toBe(podIP);
    expect(main()).toMatchObject({ restartCount: 1, lastState: { terminated: { exitCode: 143 } } });
    expect(sidecar('s')).toMatchObject({ restartCount: 1, ready: true });
  });

  it('goes on after a crash, where nothing was said of its end', async () => {
    const client = new FakeKubeClient({ server: cluster.client.server });
    await cluster.start({ client });
    await cluster.create(lives(FOREVER));
    await untilReady('True');
    await client.close();
    await cluster.start();
    await until(() => expect(main()).toMatchObject({ restartCount: 1, state: { running: {} } }));
    expect(main()?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
  });

  it('and that still waits for something is started there, a task as well', async () => {
    const env = [{ name: 'K', valueFrom: { secretKeyRef: { name: 'later', key: 'k' } } }];
    const containers = [{ name: 'main', image: 'local/sh', args: ['exit 0'], env }];
    const first = await cluster.start();
    await cluster.create(shellPod('p', '', { containers }));
    await until(() => expect(main()?.state.waiting?.reason).toBe('CreateContainerConfigError'));
    await first.stop();
    expect([status()?.phase, cluster.statusWrites('p').length]).toEqual(['Pending', 1]);
    cluster.client.server.put(SECRET, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'later', namespace: 'default' } },
      data: { k: 'dg==' },
    });
    await cluster.start();
    await until(() => expect(status()?.phase).toBe('Succeeded'));
  });

  it('ends when it was deleted meanwhile', async () => {
    const first = await cluster.start();
    await cluster.create(lives(FOREVER));
    await untilReady('True');
    await first.stop();
    await remove();
    await cluster.start();
    await untilGone();
    expect(cluster.statusWrites('p').at(-1)).toMatchObject({ phase: 'Failed', reason: 'NodeRestarted' });
  });

  it('that is being ended while the node stops ends for good', async () => {
    const node = await cluster.start({ shutdownGraceMs: 100 });
    await cluster.create(lives(`trap "" TERM; ${FOREVER}`));
    await untilReady('True');
    await remove();
    await untilReady('False');
    await node.stop();
    expect(cluster.pod('p')).toBeUndefined();
    expect(cluster.statusWrites('p').at(-1)).toMatchObject({ phase: 'Failed', reason: 'NodeShutdown' });
  });
});

describe('sidecars', () => {
  it('start in order with the other init containers, each once the one before it is started', async () => {
    await cluster.start();
    const startupProbe = { ...exec('[ -e $S/up ]'), periodSeconds: 1 };
    const pod = await cluster.create(
      podOf([container('main', talking('main'))], {
        initContainers: [
          container('init', say('init')),
          sidecarOf('a', talking('a'), { startupProbe }),
          container('migrate', say('migrate')),
          sidecarOf('b', talking('b')),
        ],
      }),
    );
    await until(() => expect(sidecar('a')?.state.running).toBeDefined());
    expect(sidecar('a')).toMatchObject({ started: false, ready: false });
    expect(sidecar('init')).toMatchObject({ ready: true, state: { terminated: { exitCode: 0 } } });
    expect([status()?.phase, condition('Initialized')]).toEqual(['Pending', 'False']);
    await until(() => expect(said(pod)).toEqual(['init', '+a']));
    touch(pod, 'up');
    await untilReady('True');
    expect(condition('Initialized')).toBe('True');
    await until(() => expect(said(pod)).toContain('+b'));
    expect(said(pod).slice(0, 3)).toEqual(['init', '+a', 'migrate']);
    expect(sidecar('a')).toMatchObject({ started: true, ready: true });
  });

  it('end after the others, last first, and do not keep a task from ending well', async () => {
    await cluster.start();
    const message = '/dev/termination-log';
    const tell = `trap 'cat $S/said > $M; exit 1' TERM; ${say('+a')}; ${FOREVER}`;
    await cluster.create(
      podOf([container('main', `until grep -qs +b $S/said; do sleep 0.01; done; ${say('main')}`)], {
        restartPolicy: 'Never',
        initContainers: [
          sidecarOf('a', tell, {
            env: [
              { name: 'S', value: '/shared' },
              { name: 'M', value: message },
            ],
          }),
          sidecarOf('b', talking('b')),
        ],
      }),
    );
    await until(() => expect(status()?.phase).toBe('Succeeded'));
    expect(sidecar('a')?.state.terminated).toMatchObject({ exitCode: 1 });
    const words = sidecar('a')?.state.terminated?.message?.trim().split('\n') ?? [];
    expect(words.slice(-2)).toEqual(['main', '-b']);
  });

  it('are started again when they end, and their readiness is the Pod’s', async () => {
    await cluster.start();
    const script = `${waitFor('die')}; rm $S/die; exit 1`;
    const readinessProbe = { ...exec('[ -e $S/ready ]'), periodSeconds: 1 };
    const initContainers = [sidecarOf('a', script, { readinessProbe })];
    const pod = await cluster.create(podOf([container('main', FOREVER)], { initContainers }));
    await until(() => expect(main()?.ready).toBe(true));
    expect(condition('Ready')).toBe('False');
    touch(pod, 'ready');
    await untilReady('True');
    touch(pod, 'die');
    await until(() => expect(sidecar('a')?.restartCount).toBe(1));
    await untilReady('True');
    expect(main()?.restartCount).toBe(0);
  });

  it('that never start do not keep the Pod from ending', async () => {
    await cluster.start();
    const startupProbe = { ...exec('false'), periodSeconds: 100 };
    const initContainers = [sidecarOf('a', FOREVER, { startupProbe })];
    await cluster.create(podOf([container('main', FOREVER)], { initContainers }));
    await until(() => expect(sidecar('a')?.state.running).toBeDefined());
    await remove();
    await untilGone();
  });

  it('go on while the others use up their grace', async () => {
    await cluster.start();
    const stubborn = `trap "" TERM; ${FOREVER}`;
    const initContainers = [sidecarOf('a', talking('a'))];
    const spec = { initContainers, terminationGracePeriodSeconds: 1 };
    await cluster.create(podOf([container('main', stubborn)], spec));
    await untilReady('True');
    await remove();
    await untilGone();
    const last = cluster.statusWrites('p').at(-1) as PodStatus;
    expect(last.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(137);
    expect(last.initContainerStatuses?.[0]?.state.terminated?.exitCode).toBe(0);
  });
});

describe('Services', () => {
  const CLUSTER_IP = `127.97.${(process.pid >> 8) & 255}.${process.pid & 255}`;
  const SERVER = `require('net').createServer((s) => s.end(process.env.WEB_SERVICE_HOST ?? 'nobody')).listen(18090, process.env.POD_IP)`;
  const serving = (spec: Partial<Pod['spec']> = {}): Pod => {
    const env = [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }];
    const args = ['-e', SERVER];
    const readinessProbe = { tcpSocket: { port: 'http' }, periodSeconds: 1 };
    const ports = [{ name: 'http', containerPort: 18_090 }];
    return podOf([{ name: 'main', image: 'local/node', args, env, ports, readinessProbe }], spec);
  };
  const start = (): Promise<unknown> => cluster.start({ images: new Map([['local/node', [process.execPath]]]) });

  it.each([
    [{}, CLUSTER_IP],
    [{ enableServiceLinks: false }, 'nobody'],
  ])('lead to Pods, and are announced to them (%j)', async (spec, answer) => {
    cluster.client.server.put(SERVICE, service('web', { clusterIP: CLUSTER_IP, ports: [{ port: 18_080 }] }));
    await start();
    await cluster.create(serving(spec));
    await untilReady('True');
    const ready = { [status()?.podIP ?? '']: true };
    cluster.client.server.put(ENDPOINT_SLICE, endpointSlice('web', { port: 18_090 }, ready));
    await vi.waitFor(async () => {
      expect(await text(connect({ host: CLUSTER_IP, port: 18_080 }))).toBe(answer);
    });
  });
});
