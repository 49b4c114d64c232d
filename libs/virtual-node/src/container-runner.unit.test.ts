import type { V1Probe } from '@kubernetes/client-node';
import { Guardian } from '@sympozium/process';
import { FakeClock, recordingLogger } from '@sympozium/process/testing';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ContainerRunner, type RestartPolicy } from './container-runner.js';
import type { Container } from './pod.js';
import type { ContainerFacts } from './pod-status.js';
import { isAlive } from './testing/processes.js';

let clock: FakeClock;
let folder: string;
let stop: AbortController;
let changes: { facts: ContainerFacts; last: boolean }[];
let logger: ReturnType<typeof recordingLogger>;

beforeEach(() => {
  clock = new FakeClock();
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
  stop = new AbortController();
  changes = [];
  logger = recordingLogger();
});
afterEach(() => rmSync(folder, { recursive: true }));

function runner(script: string, policy: RestartPolicy, container: Partial<Container> = {}): ContainerRunner {
  return runnerOf(['/bin/sh', '-c', script], policy, container);
}

function runnerOf(
  command: readonly string[],
  policy: RestartPolicy,
  container: Partial<Container> = {},
): ContainerRunner {
  const launch = {
    container: { name: 'main', ...container },
    folder,
    command,
    environment: new Map([['PATH', '/usr/bin:/bin']]),
    workingFolder: folder,
    terminationMessageFile: join(folder, 'message'),
    inContainer: (execute: readonly string[]) => execute,
  };
  return new ContainerRunner({
    ...{ clock, log: logger.log, guardian: new Guardian(), launch, policy, stop: stop.signal },
    ...{ owner: { pod: 'p', namespace: 'default' }, host: '127.0.0.1', graceMs: 30_000 },
    onChange: (facts, last) => changes.push({ facts, last }),
  });
}
const states = (): string[] =>
  changes.map(({ facts: { state, restartCount } }) => `${Object.keys(state).join()} ${restartCount}`);
const untilStates = (count: number): Promise<void> =>
  vi.waitFor(() => expect(changes).toHaveLength(count), { interval: 2, timeout: 5_000 });

it.each<[string, RestartPolicy, number, string]>([
  ['exit 0', 'Never', 0, 'Completed'],
  ['exit 4', 'Never', 4, 'Error'],
  ['exit 0', 'OnFailure', 0, 'Completed'],
])('runs once: %s, %s', async (script, policy, exitCode, reason) => {
  expect(await runner(script, policy).run()).toMatchObject({ exitCode, reason });
  expect(states()).toEqual(['running 0', 'terminated 0']);
  expect(changes.map(({ last }) => last)).toEqual([false, true]);
});

it('starts again at once, then after 10 s, doubled each time', async () => {
  const run = runner('exit 1', 'OnFailure').run();
  await untilStates(3);
  expect(states()).toEqual(['running 0', 'running 1', 'waiting 1']);
  expect(changes.at(-1)?.facts).toMatchObject({
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container=main' } },
    lastTerminated: { exitCode: 1 },
  });
  await clock.advance(9_999);
  expect(changes).toHaveLength(3);
  await clock.advance(1);
  await untilStates(5);
  expect(states().slice(3)).toEqual(['running 2', 'waiting 2']);
  expect(changes.at(-1)?.facts.state.waiting?.message).toContain('back-off 20s');
  stop.abort();
  expect(await run).toMatchObject({ exitCode: 1 });
  expect(states().at(-1)).toBe('terminated 2');
  expect(readdirSync(folder).filter((file) => file.endsWith('.log'))).toEqual(['0.log', '1.log', '2.log']);
});

it('ends well once it does under OnFailure', async () => {
  expect(await runner('[ -e seen ] || { touch seen; exit 1; }', 'OnFailure').run()).toMatchObject({ exitCode: 0 });
  expect(states()).toEqual(['running 0', 'running 1', 'terminated 1']);
});

it('has a termination message of its own each time', async () => {
  const script = '[ -e seen ] && exit 0; touch seen; printf first > message; exit 1';
  expect((await runner(script, 'OnFailure').run()).message).toBeUndefined();
  expect(changes.at(-1)?.facts.lastTerminated?.message).toBe('first');
});

it('is not started again once it is stopped', async () => {
  const container = runner('trap "exit 0" TERM; echo > ready; while :; do sleep 0.01; done', 'Always');
  const run = container.run();
  await vi.waitFor(() => expect(existsSync(join(folder, 'ready'))).toBe(true), { interval: 2 });
  stop.abort();
  container.stop(5_000);
  expect(await run).toMatchObject({ exitCode: 0 });
  expect(states()).toEqual(['running 0', 'terminated 0']);
});

it('reports a command that does not exist as a kubelet does, and never as running', async () => {
  expect(await runnerOf(['/no/agent'], 'Never').run()).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
    message: expect.stringContaining('executable file not found') as string,
    startedAt: '1970-01-01T00:00:00Z',
  });
  expect(states()).toEqual(['terminated 0']);
});

it('takes the log as the message of a failure, where the container wants it and left none', async () => {
  const wanted = { terminationMessagePolicy: 'FallbackToLogsOnError' };
  expect((await runner('echo why; exit 1', 'Never', wanted).run()).message).toBe('why\n');
  expect((await runner('echo fine', 'Never', wanted).run()).message).toBeUndefined();
  expect((await runner('echo why; exit 1', 'Never').run()).message).toBeUndefined();
  expect((await runner('echo why; printf mine > message; exit 1', 'Never', wanted).run()).message).toBe('mine');
});

const exec = (script: string) => ({ exec: { command: ['/bin/sh', '-c', script] } });
/** Real processes answer it, however fast the clock is moved. */
const probing = (script: string, more: Partial<V1Probe> = {}): V1Probe => ({
  ...exec(script),
  timeoutSeconds: 3_600,
  ...more,
});
const touch = (file: string): void => writeFileSync(join(folder, file), '');
const untilThere = (file: string): Promise<void> =>
  vi.waitFor(() => expect(existsSync(join(folder, file))).toBe(true), { interval: 2, timeout: 5_000 });
const healths = (): unknown[] => changes.map(({ facts: { health } }) => health);
const GOOD = 'trap "exit 0" TERM; echo > up; while :; do sleep 0.01; done';

describe('probes', () => {
  it('make a container started, then ready; its life is not watched before', async () => {
    const container = runner(GOOD, 'Always', {
      startupProbe: probing('[ -e started ]'),
      readinessProbe: probing('[ -e ready ]'),
      livenessProbe: probing('touch looked; [ -e started ]'),
    });
    const run = container.run();
    let isStarted = false;
    void container.started.then(() => (isStarted = true));
    expect(healths()).toEqual([{ started: false, ready: false }]);
    await looked();
    expect([isStarted, existsSync(join(folder, 'looked'))]).toEqual([false, false]);
    touch('started');
    await looked(() => expect(healths().slice(1)).toEqual([{ started: true, ready: false }]));
    await container.started;
    touch('ready');
    await looked(() => expect(healths().slice(2)).toEqual([{ started: true, ready: true }]));
    await looked(() => expect(existsSync(join(folder, 'looked'))).toBe(true));
    rmSync(join(folder, 'ready'));
    await looked(() => expect(healths().slice(3)).toEqual([{ started: true, ready: false }]));
    stop.abort();
    container.stop(5_000);
    await run;
    expect(changes).toHaveLength(5);
  });

  it.each([
    ['livenessProbe', 'OnFailure'],
    ['startupProbe', 'Always'],
  ] as const)('a failed %s ends the container and starts it again, whatever its exit code', async (probe, policy) => {
    const failing = probing('[ ! -e sick ]', { periodSeconds: 10, failureThreshold: 2 });
    touch('sick');
    const container = runner(GOOD, policy, { [probe]: failing });
    const run = container.run();
    await untilThere('up');
    await looked(() => expect(changes.at(-1)?.facts).toMatchObject({ restartCount: 1, state: { running: {} } }));
    expect(changes.at(-1)?.facts.lastTerminated).toMatchObject({ exitCode: 0, reason: 'Completed' });
    rmSync(join(folder, 'sick'));
    stop.abort();
    await clock.advance(0);
    container.stop(0);
    await run;
  });

  it('a failed livenessProbe ends a container for good that is never started again', async () => {
    const livenessProbe = probing('false', { failureThreshold: 1 });
    const run = runner(GOOD, 'Never', { livenessProbe }).run();
    await untilThere('up');
    await looked(() => expect(changes.at(-1)?.last).toBe(true));
    expect(await run).toMatchObject({ exitCode: 0 });
  });

  it('have a grace of their own for a container that does not end', async () => {
    const livenessProbe = probing('[ -e up ] && exit 1', { failureThreshold: 1, terminationGracePeriodSeconds: 7_000 });
    const run = runner('trap "touch asked" TERM; touch up; while :; do sleep 0.01; done', 'Never', {
      livenessProbe,
    }).run();
    await untilThere('up');
    await looked(() => expect(existsSync(join(folder, 'asked'))).toBe(true));
    await clock.advance(7_000_000);
    expect(await run).toMatchObject({ exitCode: 137 });
  });
});

describe('hooks', () => {
  it('postStart keeps a container from running until it has ended well', async () => {
    const container = runner(GOOD, 'Never', {
      lifecycle: { postStart: exec('while [ ! -e go ]; do sleep 0.01; done') },
    });
    const run = container.run();
    await untilThere('up');
    expect(changes).toEqual([]);
    touch('go');
    await untilStates(1);
    expect(states()).toEqual(['running 0']);
    container.stop(5_000);
    await run;
  });

  it('postStart that fails ends the container', async () => {
    const postStart = exec('while [ ! -e up ]; do sleep 0.01; done; exit 1');
    expect(await runner(GOOD, 'Never', { lifecycle: { postStart } }).run()).toMatchObject({ exitCode: 0 });
    expect(states()).toEqual(['terminated 0']);
  });

  it('postStart is given up when its container ends', async () => {
    const postStart = exec('echo $$ > hook.part; mv hook.part hook; sleep 600');
    const run = runner('while [ ! -e hook ]; do sleep 0.01; done; exit 4', 'Never', { lifecycle: { postStart } }).run();
    expect(await run).toMatchObject({ exitCode: 4 });
    const pid = Number(readFileSync(join(folder, 'hook'), 'utf8'));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { interval: 2 });
  });

  it('preStop runs before the container is asked to end', async () => {
    const script = 'trap "cp hook message; exit 0" TERM; touch up; while :; do sleep 0.01; done';
    const container = runner(script, 'Never', { lifecycle: { preStop: exec('echo first > hook') } });
    const run = container.run();
    await untilThere('up');
    container.stop(5_000);
    expect(await run).toMatchObject({ exitCode: 0, message: 'first\n' });
  });

  it('preStop may be a time to sleep, and one that fails keeps nobody from ending', async () => {
    const sleeping = runner(GOOD, 'Never', { lifecycle: { preStop: { sleep: { seconds: 3 } } } });
    const run = sleeping.run();
    await untilThere('up');
    sleeping.stop(5_000);
    await clock.advance(2_999);
    expect(states()).toEqual(['running 0']);
    await clock.advance(1);
    expect(await run).toMatchObject({ exitCode: 0 });
    rmSync(join(folder, 'up'));
    const failing = runner(GOOD, 'Never', { lifecycle: { preStop: exec('exit 1') } });
    const second = failing.run();
    await untilThere('up');
    failing.stop(5_000);
    expect(await second).toMatchObject({ exitCode: 0 });
    const failure = 'the command ended with 1';
    expect(logger.lines).toMatchObject([{ msg: 'preStop hook failed', container: 'main', failure }]);
  });

  it('a preStop hook that the grace cuts short has not failed', async () => {
    const container = runner(GOOD, 'Never', { lifecycle: { preStop: { sleep: { seconds: 5 } } } });
    const run = container.run();
    await untilThere('up');
    container.stop(500);
    await clock.advance(500);
    expect(await run).toMatchObject({ exitCode: 0 });
    expect(logger.lines).toEqual([]);
  });
});

/** Moves the clock over one period after the other, until what is expected of the probes holds. */
async function looked(holds: () => void = () => {}): Promise<void> {
  await vi.waitFor(
    async () => {
      await clock.advance(1_000);
      holds();
    },
    { interval: 5, timeout: 5_000 },
  );
}
