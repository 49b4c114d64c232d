import { Guardian } from '@sympozium/process';
import { FakeClock, silentLogger } from '@sympozium/process/testing';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ContainerRunner, type RestartPolicy } from './container-runner.js';
import type { Container } from './pod.js';
import type { ContainerFacts } from './pod-status.js';

let clock: FakeClock;
let folder: string;
let stop: AbortController;
let changes: { facts: ContainerFacts; last: boolean }[];

beforeEach(() => {
  clock = new FakeClock();
  folder = mkdtempSync(join(tmpdir(), 'runner-'));
  stop = new AbortController();
  changes = [];
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
    ...{ clock, log: silentLogger(), guardian: new Guardian(), launch, policy, stop: stop.signal },
    ...{ host: '127.0.0.1', graceMs: 30_000 },
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
