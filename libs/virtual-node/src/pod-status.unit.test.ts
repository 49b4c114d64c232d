import { describe, expect, it } from 'vitest';
import { foldPodStatus, unknownEnd, type ContainerFacts, type PodFacts } from './pod-status.js';
import type { Pod, Terminated } from './pod.js';
import { shellPod } from './testing/shell-pod.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString().replace('.000', '');

const ended = (exitCode: number, message?: string): Terminated => ({
  exitCode,
  reason: exitCode === 0 ? 'Completed' : 'Error',
  startedAt: at(1),
  finishedAt: at(2),
  ...(message === undefined ? {} : { message }),
});
const running: ContainerFacts = { state: { running: { startedAt: at(1) } }, restartCount: 0 };
const done = (exitCode = 0): ContainerFacts => ({ state: { terminated: ended(exitCode) }, restartCount: 0 });
const waiting: ContainerFacts = { state: { waiting: { reason: 'ErrImageNeverPull' } }, restartCount: 0 };
const crashing = (exitCode: number): ContainerFacts => ({
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastTerminated: ended(exitCode),
  restartCount: 3,
});

function podOf(policy: string, containers: string[], initContainers: string[] = []): Pod {
  const pod = shellPod('p', '', {
    restartPolicy: policy,
    containers: containers.map((name) => ({ name, image: `local/${name}` })),
    ...(initContainers.length > 0 ? { initContainers: initContainers.map((name) => ({ name })) } : {}),
  });
  return { ...pod, metadata: { ...pod.metadata, uid: 'uid-1', generation: 4 } };
}

const facts = (containers: Record<string, ContainerFacts>, more: Partial<PodFacts> = {}): PodFacts => ({
  containers: new Map(Object.entries(containers)),
  over: false,
  startedAt: START,
  now: START + 9_000,
  hostIP: '127.0.0.1',
  podIP: '10.127.0.1',
  conditions: [],
  ...more,
});

describe('the phase', () => {
  const over = { over: true };
  const failure = { failure: { reason: 'DeadlineExceeded', message: 'too long' } };
  type Case = [
    title: string,
    policy: string,
    containers: Record<string, ContainerFacts>,
    more: Partial<PodFacts>,
    phase: string,
  ];

  it.each<Case>([
    ['nothing known', 'Never', {}, {}, 'Pending'],
    ['one waits', 'Never', { a: running, b: waiting }, {}, 'Pending'],
    ['all run', 'Never', { a: running, b: running }, {}, 'Running'],
    ['one ended, one runs', 'Never', { a: done(1), b: running }, {}, 'Running'],
    ['all ended well', 'Never', { a: done(), b: done() }, {}, 'Succeeded'],
    ['all ended, one badly', 'Never', { a: done(), b: done(1) }, {}, 'Failed'],
    ['ended well, OnFailure', 'OnFailure', { a: done(), b: done() }, {}, 'Succeeded'],
    ['ended badly, OnFailure: started again', 'OnFailure', { a: done(), b: done(1) }, {}, 'Running'],
    ['waits to be started again', 'OnFailure', { a: done(), b: crashing(1) }, {}, 'Running'],
    ['ended well, Always: started again', 'Always', { a: done(), b: done() }, {}, 'Running'],
    ['over after success', 'Always', { a: done(), b: done() }, over, 'Succeeded'],
    ['over after failure', 'Always', { a: done(), b: crashing(1) }, over, 'Failed'],
    ['over before a start', 'Never', { a: done(), b: waiting }, over, 'Failed'],
    ['over before anything', 'Never', {}, over, 'Failed'],
    ['a failure of the Pod', 'Never', { a: done(), b: done() }, failure, 'Failed'],
  ])('%s (%s)', (...[, policy, containers, more, phase]) => {
    expect(foldPodStatus(podOf(policy, ['a', 'b']), facts(containers, more)).phase).toBe(phase);
  });

  it.each<Case>([
    ['init waits', 'Never', {}, {}, 'Pending'],
    ['init runs', 'Never', { i: running }, {}, 'Pending'],
    ['init failed, Never', 'Never', { i: done(1) }, {}, 'Failed'],
    ['init failed, OnFailure: started again', 'OnFailure', { i: crashing(1) }, {}, 'Pending'],
    ['init failed, over', 'OnFailure', { i: done(1) }, over, 'Failed'],
    ['init done', 'Never', { i: done() }, {}, 'Pending'],
    ['main runs', 'Never', { i: done(), a: running }, {}, 'Running'],
    ['main done', 'Never', { i: done(), a: done() }, {}, 'Succeeded'],
  ])('with an init container: %s (%s)', (...[, policy, containers, more, phase]) => {
    expect(foldPodStatus(podOf(policy, ['a'], ['i']), facts(containers, more)).phase).toBe(phase);
  });
});

describe('conditions', () => {
  const of = (containers: Record<string, ContainerFacts>, more: Partial<PodFacts> = {}, initial: string[] = []) => {
    const status = foldPodStatus(podOf('Never', ['a'], initial), facts(containers, more));
    return Object.fromEntries(
      (status.conditions ?? []).map(({ type, status: value, reason }) => [type, reason ? `${value} ${reason}` : value]),
    );
  };

  it.each([
    ['pending', {}, 'True', 'True', 'False ContainersNotReady'],
    ['running', { a: running }, 'True', 'True', 'True'],
    ['succeeded', { a: done() }, 'False', 'True PodCompleted', 'False PodCompleted'],
    ['failed', { a: done(1) }, 'False', 'True', 'False PodFailed'],
  ])('of a Pod that is %s', (...[, containers, sandbox, initialized, ready]) => {
    expect(of(containers)).toEqual({
      PodReadyToStartContainers: sandbox,
      Initialized: initialized,
      ContainersReady: ready,
      Ready: ready,
    });
  });

  it('say that init containers have not ended', () => {
    expect(of({ i: running }, {}, ['i'])['Initialized']).toBe('False ContainersNotInitialized');
  });

  it('name the containers that are not ready', () => {
    const { conditions } = foldPodStatus(podOf('Never', ['a', 'b']), facts({ a: running }));
    expect(conditions?.find(({ type }) => type === 'Ready')?.message).toBe('containers with unready status: [b]');
  });

  it('keep the time of their last change', () => {
    const pod = podOf('Never', ['a']);
    const first = foldPodStatus(pod, facts({}, { now: START }));
    const second = foldPodStatus(
      pod,
      facts({ a: running }, { now: START + 5_000, conditions: first.conditions ?? [] }),
    );
    const times = Object.fromEntries((second.conditions ?? []).map((c) => [c.type, c.lastTransitionTime]));
    expect(times).toEqual({
      PodReadyToStartContainers: at(0),
      Initialized: at(0),
      ContainersReady: at(5),
      Ready: at(5),
    });
  });
});

describe('containers', () => {
  const status = (pod: Pod, of: PodFacts) => foldPodStatus(pod, of).containerStatuses;

  it('are reported as a kubelet does', () => {
    expect(status(podOf('Never', ['a', 'b', 'c']), facts({ a: running, b: done(2) }))).toEqual([
      {
        name: 'a',
        image: 'local/a',
        imageID: '',
        containerID: 'process://uid-1/a/0',
        ready: true,
        started: true,
        restartCount: 0,
        state: running.state,
        lastState: {},
      },
      {
        name: 'b',
        image: 'local/b',
        imageID: '',
        containerID: 'process://uid-1/b/0',
        ready: false,
        started: false,
        restartCount: 0,
        state: { terminated: ended(2) },
        lastState: {},
      },
      {
        name: 'c',
        image: 'local/c',
        imageID: '',
        ready: false,
        started: false,
        restartCount: 0,
        state: { waiting: { reason: 'ContainerCreating' } },
        lastState: {},
      },
    ]);
  });

  it('that wait for init containers say so', () => {
    const { containerStatuses, initContainerStatuses } = foldPodStatus(
      podOf('Never', ['a'], ['i']),
      facts({ i: running }),
    );
    expect(containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'PodInitializing' } });
    expect(initContainerStatuses?.[0]?.state).toEqual(running.state);
  });

  it('keep how they ended before', () => {
    expect(status(podOf('Always', ['a']), facts({ a: crashing(7) }))?.[0]).toMatchObject({
      restartCount: 3,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 7 } },
    });
  });

  it('that never started have an unknown end when the Pod is over', () => {
    const end = unknownEnd('The container was not started before the pod was terminated');
    expect(status(podOf('Never', ['a']), facts({}, { over: true }))?.[0]?.state).toEqual({ terminated: end });
  });

  it('behind a failed init container go on waiting', () => {
    const over = facts({ i: done(1) }, { over: true });
    expect(status(podOf('Never', ['a'], ['i']), over)?.[0]?.state.waiting?.reason).toBe('PodInitializing');
  });

  it('share 12 KiB of termination messages, the first bytes of each', () => {
    const message = 'é'.repeat(2048);
    const of = (count: number): number => {
      const names = Array.from({ length: count }, (_, n) => `c${n}`);
      const all = names.map((name): [string, ContainerFacts] => [
        name,
        { state: { terminated: ended(0, message) }, restartCount: 0 },
      ]);
      const [first] = status(podOf('Never', names), facts(Object.fromEntries(all))) ?? [];
      return Buffer.byteLength(first?.state.terminated?.message ?? '');
    };
    expect(of(1)).toBe(4096);
    expect(of(3)).toBe(4096);
    expect(of(4)).toBe(3072);
  });
});

it('carries addresses, times and the generation it was made from', () => {
  const failure = { reason: 'DeadlineExceeded', message: 'too long' };
  expect(foldPodStatus(podOf('Never', ['a']), facts({ a: done() }, { failure }))).toMatchObject({
    observedGeneration: 4,
    startTime: at(0),
    hostIP: '127.0.0.1',
    podIP: '10.127.0.1',
    podIPs: [{ ip: '10.127.0.1' }],
    phase: 'Failed',
    reason: 'DeadlineExceeded',
    message: 'too long',
  });
});

describe('sidecars', () => {
  const withSidecars = (policy: string): Pod => {
    const pod = podOf(policy, ['a'], ['i', 's']);
    pod.spec.initContainers = (pod.spec.initContainers ?? []).map((container) =>
      container.name === 's' ? { ...container, restartPolicy: 'Always' } : container,
    );
    return pod;
  };
  const starting: ContainerFacts = { ...running, health: { started: false, ready: false } };

  it.each<[string, string, Record<string, ContainerFacts>, Partial<PodFacts>, string, string, string]>([
    ['not started', 'Never', { i: done(), s: starting }, {}, 'Pending', 'False', 'False'],
    ['started, the others not', 'Never', { i: done(), s: running }, {}, 'Pending', 'True', 'False'],
    ['all run', 'Never', { i: done(), s: running, a: running }, {}, 'Running', 'True', 'True'],
    ['started again', 'Always', { i: done(), s: crashing(1), a: running }, {}, 'Running', 'True', 'False'],
    ['starts again', 'Always', { i: done(), s: starting, a: running }, {}, 'Running', 'True', 'False'],
    ['outlives the others', 'Never', { i: done(), s: running, a: done() }, {}, 'Running', 'True', 'False'],
    [
      'ended badly at the end',
      'Never',
      { i: done(), s: done(1), a: done() },
      { over: true },
      'Succeeded',
      'True',
      'False',
    ],
    ['the others failed', 'Never', { i: done(), s: done(), a: done(1) }, { over: true }, 'Failed', 'True', 'False'],
  ])('%s (%s)', (...[, policy, containers, more, phase, initialized, ready]) => {
    const status = foldPodStatus(withSidecars(policy), facts(containers, more));
    const of = (type: string) => status.conditions?.find((condition) => condition.type === type)?.status;
    expect([status.phase, of('Initialized'), of('Ready')]).toEqual([phase, initialized, ready]);
  });

  it('are named when they are not ready; init containers are ready when they have ended well', () => {
    const status = foldPodStatus(withSidecars('Always'), facts({ i: done(), s: starting, a: running }));
    const message = status.conditions?.find(({ type }) => type === 'Ready')?.message;
    expect(message).toBe('containers with unready status: [s]');
    expect(status.initContainerStatuses?.map(({ ready, started }) => [ready, started])).toEqual([
      [true, false],
      [false, false],
    ]);
  });
});

describe('readiness', () => {
  const of = (health: ContainerFacts['health'], more: Partial<PodFacts> = {}) => {
    const status = foldPodStatus(
      podOf('Always', ['a']),
      facts({ a: { ...running, ...(health ? { health } : {}) } }, more),
    );
    const { started, ready } = status.containerStatuses?.[0] ?? {};
    return { started, ready, pod: status.conditions?.find(({ type }) => type === 'Ready')?.status };
  };

  it('is what probes say of a container that runs', () => {
    expect(of(undefined)).toEqual({ started: true, ready: true, pod: 'True' });
    expect(of({ started: true, ready: false })).toEqual({ started: true, ready: false, pod: 'False' });
    expect(of({ started: false, ready: false })).toEqual({ started: false, ready: false, pod: 'False' });
    expect(of({ started: true, ready: true })).toEqual({ started: true, ready: true, pod: 'True' });
  });

  it('is gone while the Pod is being ended', () => {
    expect(of({ started: true, ready: true }, { ending: true })).toEqual({ started: true, ready: false, pod: 'False' });
  });
});
