import { KubeError } from '@sympozium/kube';
import { FakeKubeClient } from '@sympozium/kube/testing';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { POD_KIND, SECRET, type ContainerStatus, type Pod, type PodStatus } from './pod.js';
import { createVirtualNode } from './create-virtual-node.js';
import { isAlive, openFiles, zombies } from './testing/processes.js';
import { shellPod } from './testing/shell-pod.js';
import { kubeletCredentials, TestNode } from './testing/test-node.js';

vi.setConfig({ testTimeout: 20_000 }); // real processes, on machines that do other things as well

let cluster: TestNode;
beforeEach(() => {
  cluster = new TestNode();
});
afterEach(() => cluster.end());

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { interval: 2, timeout: 10_000 });
const status = (name: string): PodStatus | undefined => cluster.pod(name)?.status;
const main = (name: string): ContainerStatus | undefined => status(name)?.containerStatuses?.[0];
const untilPhase = (name: string, phase: string): Promise<void> => until(() => expect(status(name)?.phase).toBe(phase));
const untilGone = (name: string): Promise<void> => until(() => expect(cluster.pod(name)).toBeUndefined());
const phases = (name: string): unknown[] => cluster.statusWrites(name).map((written) => (written as PodStatus).phase);
const folderOf = (pod: Pod): string => join(cluster.folder, 'pods', pod.metadata.uid ?? '');
const logOf = (pod: Pod, number = 0): string =>
  readFileSync(join(folderOf(pod), 'containers', 'main', `${number}.log`), 'utf8').replace(
    /^\S+ std(out|err) F /gm,
    '',
  );
/** The process id that a script wrote. */
const pidOf = (pod: Pod): Promise<number> =>
  until(() => {
    const pid = Number(logOf(pod).split('\n')[0]);
    expect(pid).toBeGreaterThan(0);
    return pid;
  });
const FOREVER = 'echo $$$$; while :; do sleep 0.01; done';
const STUBBORN = `trap "" TERM; ${FOREVER}`;

describe('a Pod that ends', () => {
  it('is reported with its termination message, in two writes', async () => {
    await cluster.start();
    const env = [{ name: 'MESSAGE', value: '/dev/termination-log' }];
    const args = ['printf "the result" > "$MESSAGE"; exit 3'];
    const pod = await cluster.create(
      shellPod('p', '', { containers: [{ name: 'main', image: 'local/sh', args, env }] }),
    );
    await untilPhase('p', 'Failed');
    expect(main('p')?.state.terminated).toMatchObject({ exitCode: 3, reason: 'Error', message: 'the result' });
    expect(phases('p')).toEqual(['Running', 'Failed']);
    expect(cluster.client.calls.filter(({ name }) => name === 'p').map(({ verb }) => verb)).toEqual([
      'create',
      'patch',
      'patch',
    ]);
    await until(() => expect(readdirSync(folderOf(pod))).toEqual(['containers'])); // the log stays, its secrets do not
  });

  it('needs one call more for an annotation as a file and a token', async () => {
    await cluster.start();
    const pod = shellPod('p', 'cat $DIR/input; echo; cat $DIR/token; [ -r /run/sympozium ] || echo unmounted', {
      volumes: [
        {
          name: 'run',
          projected: {
            sources: [
              { downwardAPI: { items: [{ path: 'input', fieldRef: { fieldPath: "metadata.annotations['in']" } }] } },
              { serviceAccountToken: { path: 'token', audience: 'us' } },
            ],
          },
        },
      ],
    });
    pod.metadata.annotations = { in: 'say "$(HOME)" $$ é' };
    const [container] = pod.spec.containers;
    Object.assign(container ?? {}, {
      env: [{ name: 'DIR', value: '/run/sympozium' }],
      volumeMounts: [{ name: 'run', mountPath: '/run/sympozium' }],
    });
    const created = await cluster.create(pod);
    await untilPhase('p', 'Succeeded');
    expect(logOf(created).split('\n')[0]).toBe('say "$(HOME)" $$ é');
    expect(logOf(created)).toContain('"audiences":["us"]');
    const calls = cluster.client.calls.filter(({ name, request = '' }) => name === 'p' || request.endsWith('/token'));
    expect(calls.map(({ verb }) => verb)).toEqual(['create', 'raw', 'patch', 'patch']);
  });

  it('had exactly its own environment', async () => {
    await cluster.start();
    const created = await cluster.create(
      shellPod('p', '', {
        containers: [
          {
            name: 'main',
            image: 'local/sh',
            args: ['/usr/bin/env | grep -v "^PWD=\\|^_=\\|^SHLVL="'],
            env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          },
        ],
      }),
    );
    await untilPhase('p', 'Succeeded');
    const names = logOf(created)
      .trim()
      .split('\n')
      .map((line) => line.replace(/^(PATH)=.*/, '$1'));
    expect(names.sort()).toEqual([
      'IP=127.127.0.1',
      'KUBERNETES_SERVICE_HOST=127.0.0.1',
      'KUBERNETES_SERVICE_PORT=6443',
      'KUBERNETES_SERVICE_PORT_HTTPS=6443',
      'PATH',
    ]);
    expect(status('p')?.podIP).toBe('10.127.0.1');
  });

  it('whose command does not exist failed with the reason, in one write', async () => {
    await cluster.start();
    await cluster.create(
      shellPod('p', '', { containers: [{ name: 'main', image: 'local/sh', command: ['/no/such/agent'] }] }),
    );
    await untilPhase('p', 'Failed');
    expect(main('p')?.state.terminated).toMatchObject({
      exitCode: 128,
      reason: 'StartError',
      message:
        'exec: "/no/such/agent": executable file not found; correct the command of the container or of the image',
    });
    expect(phases('p')).toEqual(['Failed']);
  });

  it('runs its init containers first, and ends with the one that fails', async () => {
    await cluster.start();
    const shared = {
      image: 'local/sh',
      volumeMounts: [{ name: 'v', mountPath: '/shared' }],
      env: [{ name: 'V', value: '/shared' }],
    };
    const pod = (name: string, second: string): Pod =>
      shellPod(name, '', {
        volumes: [{ name: 'v', emptyDir: {} }],
        initContainers: [
          { ...shared, name: 'one', args: ['echo one > $V/file'] },
          { ...shared, name: 'two', args: [second] },
        ],
        containers: [{ ...shared, name: 'main', args: ['cat $V/file'] }],
      });
    const good = await cluster.create(pod('good', 'echo two >> $V/file'));
    await cluster.create(pod('bad', 'exit 5'));
    await Promise.all([untilPhase('good', 'Succeeded'), untilPhase('bad', 'Failed')]);
    expect(logOf(good)).toBe('one\ntwo\n');
    expect(status('bad')?.initContainerStatuses?.map(({ state }) => state.terminated?.exitCode)).toEqual([0, 5]);
    expect(main('bad')?.state.waiting?.reason).toBe('PodInitializing');
  });

  it('at its deadline is stopped and failed', async () => {
    await cluster.start();
    await cluster.create(shellPod('p', FOREVER, { activeDeadlineSeconds: 1 }));
    await untilPhase('p', 'Failed');
    expect(status('p')).toMatchObject({ reason: 'DeadlineExceeded' });
    expect(main('p')?.state.terminated?.exitCode).toBe(143);
  });
});

describe('a Pod that cannot start', () => {
  it('for an image that nobody mapped says how to map it', async () => {
    await cluster.start();
    await cluster.create(
      shellPod('p', '', {
        containers: [
          { name: 'main', image: 'registry.example/agent:1' },
          { name: 'other', image: 'local/sh' },
        ],
      }),
    );
    await until(() =>
      expect(main('p')?.state.waiting).toEqual({
        reason: 'ErrImageNeverPull',
        message:
          'this node runs processes and knows no command for image "registry.example/agent:1"; map it with --image registry.example/agent:1=COMMAND',
      }),
    );
    expect(status('p')?.phase).toBe('Pending');
    expect(status('p')?.containerStatuses?.[1]?.state.waiting?.reason).toBe('ContainerCreating');
  });

  it('for a missing Secret says so once, and starts when it appears', async () => {
    await cluster.start();
    const env = [{ name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } }];
    const created = await cluster.create(
      shellPod('p', '', { containers: [{ name: 'main', image: 'local/sh', args: ['echo $KEY'], env }] }),
    );
    await until(() =>
      expect(main('p')?.state.waiting).toEqual({
        reason: 'CreateContainerConfigError',
        message: 'secret "keys" not found; create it and the container starts',
      }),
    );
    const metadata = { name: 'keys', namespace: 'default' };
    const data = { key: Buffer.from('sk-1').toString('base64') };
    await cluster.client.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata, data } as never);
    await untilPhase('p', 'Succeeded');
    expect(logOf(created)).toBe('sk-1\n');
    expect(phases('p')).toEqual(['Pending', 'Running', 'Succeeded']);
  });

  it('for an API server that is away starts when it is back, without a word in its status', async () => {
    await cluster.start();
    cluster.client.fail(({ verb }) => verb === 'raw', new KubeError(0, 'Unreachable', 'connection refused'));
    await cluster.create(
      shellPod('p', 'exit 0', {
        volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
      }),
    );
    await untilPhase('p', 'Succeeded');
    expect(phases('p')).toEqual(['Running', 'Succeeded']);
  });

  it('for a restartPolicy of its own says that only init containers have one', async () => {
    await cluster.start();
    const containers = [{ name: 'main', image: 'local/sh', restartPolicy: 'Always' }];
    await cluster.create(shellPod('p', '', { containers }));
    await until(() => expect(main('p')?.state.waiting?.message).toContain('restartPolicy of init containers only'));
  });
});

describe('deleting a Pod', () => {
  const remove = (name: string, gracePeriodSeconds?: number): Promise<void> =>
    cluster.client.delete(
      POD_KIND,
      { namespace: 'default', name },
      gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds },
    );

  it('asks it to end, writes its last status, and only then removes it', async () => {
    await cluster.start();
    const script = `trap 'printf cancelled > "$M"; exit 0' TERM; ${FOREVER}`;
    const env = [{ name: 'M', value: '/dev/termination-log' }];
    const pod = await cluster.create(
      shellPod('p', '', { containers: [{ name: 'main', image: 'local/sh', args: [script], env }] }),
    );
    await pidOf(pod);
    await untilPhase('p', 'Running');
    cluster.client.forgetCalls();
    await remove('p');
    await untilGone('p');
    const writes = cluster.client.writes.slice(1);
    expect(writes.map(({ verb, subresource }) => `${verb} ${subresource ?? ''}`)).toEqual(['patch status', 'delete ']);
    const [last] = cluster.statusWrites('p') as PodStatus[];
    expect(last).toMatchObject({ phase: 'Succeeded' });
    expect(last?.containerStatuses?.[0]?.state.terminated).toMatchObject({ exitCode: 0, message: 'cancelled' });
    expect(writes[1]?.options).toMatchObject({ gracePeriodSeconds: 0, uid: pod.metadata.uid });
    await until(() => expect(existsSync(folderOf(pod))).toBe(false));
  });

  it('kills what does not listen, group and all, after the grace', async () => {
    await cluster.start();
    const pod = await cluster.create(shellPod('p', STUBBORN, { terminationGracePeriodSeconds: 1 }));
    const pid = await pidOf(pod);
    await remove('p');
    await untilGone('p');
    expect((cluster.statusWrites('p').at(-1) as PodStatus).containerStatuses?.[0]?.state.terminated?.exitCode).toBe(
      137,
    );
    expect(isAlive(pid)).toBe(false);
  });

  it('at once, when forced, ends its processes at once', async () => {
    await cluster.start();
    const pod = await cluster.create(shellPod('p', STUBBORN, { terminationGracePeriodSeconds: 3600 }));
    const pid = await pidOf(pod);
    await remove('p', 0);
    await until(() => expect(isAlive(pid)).toBe(false));
    await until(() => expect(existsSync(folderOf(pod))).toBe(false));
  });

  it('that never started reports it as failed before', async () => {
    await cluster.start();
    await cluster.create(shellPod('p', '', { containers: [{ name: 'main', image: 'unmapped' }] }));
    await until(() => expect(main('p')?.state.waiting?.reason).toBe('ErrImageNeverPull'));
    await remove('p');
    await untilGone('p');
    const last = cluster.statusWrites('p').at(-1) as PodStatus;
    expect(last.phase).toBe('Failed');
    expect(last.containerStatuses?.[0]?.state.terminated?.reason).toBe('ContainerStatusUnknown');
  });

  it('goes on when the API server fails, and removes it once it is back', async () => {
    await cluster.start();
    const pod = await cluster.create(shellPod('p', FOREVER));
    await pidOf(pod);
    await untilPhase('p', 'Running');
    await remove('p');
    const down = new KubeError(0, 'Unreachable', 'connection refused');
    cluster.client.fail(({ verb, subresource }) => verb === 'patch' && subresource === 'status', down, { times: 3 });
    cluster.client.fail(({ verb }) => verb === 'delete', down, { times: 3 });
    await untilGone('p');
    expect((cluster.statusWrites('p').at(-1) as PodStatus).phase).toBe('Failed');
  });

  it('waits for finalizers of others, without asking again', async () => {
    await cluster.start();
    const held = shellPod('p', FOREVER);
    held.metadata.finalizers = ['batch.kubernetes.io/job-tracking'];
    await pidOf(await cluster.create(held));
    await remove('p');
    await until(() => expect(cluster.client.calls.filter(({ verb }) => verb === 'delete')).toHaveLength(2));
    expect(status('p')?.phase).toBe('Failed');
    const body = { metadata: { finalizers: null, deletionGracePeriodSeconds: 0 } };
    await cluster.client.patch(POD_KIND, { namespace: 'default', name: 'p' }, { type: 'merge', body });
    expect(cluster.client.calls.filter(({ verb }) => verb === 'delete')).toHaveLength(2);
  });
});

describe('the node', () => {
  it('runs fifty Pods at once, each with its own address, in at most two writes each', async () => {
    await cluster.start();
    const names = Array.from({ length: 50 }, (_, n) => `p${n}`);
    const before = openFiles();
    await Promise.all(names.map((name) => cluster.create(shellPod(name, `printf ${name}`))));
    await until(() => expect(names.filter((name) => status(name)?.phase === 'Succeeded')).toHaveLength(50));
    expect(new Set(names.map((name) => status(name)?.podIP)).size).toBe(50);
    for (const name of names) expect(phases(name).length).toBeLessThanOrEqual(2);
    for (const name of names) expect(logOf(cluster.pod(name) as Pod)).toBe(`${name}\n`);
    await until(() => expect(openFiles()).toBeLessThanOrEqual(before));
    expect(zombies()).toEqual([]);
  });

  it('warns of each field that it does not enforce once', async () => {
    await cluster.start();
    const limited = (name: string): Pod => shellPod(name, 'exit 0', { securityContext: { runAsNonRoot: true } });
    await cluster.create(limited('a'));
    await cluster.create({ ...limited('b'), spec: { ...limited('b').spec, hostNetwork: true } });
    await Promise.all([untilPhase('a', 'Succeeded'), untilPhase('b', 'Succeeded')]);
    const warnings = cluster.log.lines.filter(({ msg }) => String(msg).includes('does not enforce'));
    expect(warnings.map(({ fields }) => fields)).toEqual([['securityContext'], ['hostNetwork']]);
  });

  it('stopped ends every task and reports it as failed', async () => {
    const node = await cluster.start();
    const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
    const script = (n: number): string => (n % 2 === 0 ? 'echo $$$$; sleep 600' : 'trap "" TERM; echo $$$$; sleep 600');
    const pods = await Promise.all(names.map((name, n) => cluster.create(shellPod(name, script(n)))));
    const pids = await Promise.all(pods.map(pidOf));
    await node.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    for (const name of names) expect(status(name)).toMatchObject({ phase: 'Failed', reason: 'NodeShutdown' });
  });

  it('stops although the API server is away', async () => {
    const node = await cluster.start({ shutdownGraceMs: 100 });
    const pid = await pidOf(await cluster.create(shellPod('p', STUBBORN)));
    cluster.client.fail(() => true, new KubeError(0, 'Unreachable', 'connection refused'), { times: 10_000 });
    await node.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('never runs a task again that a former life had started, and reports it as failed', async () => {
    const client = new FakeKubeClient({ server: cluster.client.server });
    await cluster.start({ client, shutdownGraceMs: 50 });
    const pod = await cluster.create(shellPod('p', STUBBORN));
    const pid = await pidOf(pod);
    await untilPhase('p', 'Running');
    await client.close(); // as after a crash, it does not hear or say anything any more
    await cluster.start();
    await untilPhase('p', 'Failed');
    expect(status('p')).toMatchObject({ reason: 'NodeRestarted' });
    expect(main('p')?.state.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
    await until(() => expect(isAlive(pid)).toBe(false));
    expect(readdirSync(join(folderOf(pod), 'containers', 'main')).filter((file) => file.endsWith('.log'))).toHaveLength(
      1,
    );
  });

  it('runs what was bound to it while it was away, and forgets what was deleted', async () => {
    const first = await cluster.start();
    const old = await cluster.create(shellPod('old', 'exit 0'));
    await untilPhase('old', 'Succeeded');
    await first.stop();
    await cluster.client.delete(POD_KIND, { namespace: 'default', name: 'old' }, { gracePeriodSeconds: 0 });
    await cluster.create(shellPod('new', 'exit 0'));
    await cluster.start();
    await untilPhase('new', 'Succeeded');
    expect(existsSync(folderOf(old))).toBe(false);
  });

  it('has a name of its own for each folder', async () => {
    const options = { client: cluster.client, apiServer: 'https://127.0.0.1', images: new Map(), log: cluster.log.log };
    const kubelet = await kubeletCredentials();
    const nameIn = (folder: string): string => createVirtualNode({ ...options, kubelet, folder }).name;
    expect(nameIn('/a')).toBe(nameIn('/a'));
    expect(nameIn('/a')).not.toBe(nameIn('/b'));
  });
});
