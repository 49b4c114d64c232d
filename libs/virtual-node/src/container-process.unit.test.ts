import { Guardian } from '@sympozium/process';
import { FakeClock, silentLogger } from '@sympozium/process/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ContainerLog } from './container-log.js';
import { ContainerProcess } from './container-process.js';
import { isAlive } from './testing/processes.js';

let clock: FakeClock;
let folder: string;
let guardian: Guardian;
const started: ContainerProcess[] = [];

beforeEach(() => {
  clock = new FakeClock();
  folder = mkdtempSync(join(tmpdir(), 'container-'));
  guardian = new Guardian();
});
afterEach(async () => {
  for (const process of started) process.stop(0);
  await clock.advance(0);
  await Promise.all(started.splice(0).map(({ ended }) => ended));
  rmSync(folder, { recursive: true });
});

function run(command: readonly string[], environment: Record<string, string> = {}): ContainerProcess {
  const log = new ContainerLog(join(folder, '0.log'), { clock, log: silentLogger() });
  const launch = { command, environment: new Map(Object.entries(environment)), workingFolder: folder, folder };
  const process = new ContainerProcess({ clock, guardian }, launch, log);
  started.push(process);
  return process;
}
const shell = (script: string, environment?: Record<string, string>): ContainerProcess =>
  run(['/bin/sh', '-c', script], environment);

const output = (): string => readFileSync(join(folder, '0.log'), 'utf8').replace(/^\S+ std(out|err) F /gm, '');
const untilSaid = (text: string): Promise<void> =>
  vi.waitFor(() => expect(output()).toContain(text), { interval: 2, timeout: 5_000 });
it('reports the exit code when the log is complete', async () => {
  expect(await shell('echo out; echo err >&2; exit 7').ended).toEqual({ kind: 'exited', exitCode: 7 });
  expect(output().split('\n').sort()).toEqual(['', 'err', 'out']);
});

it('reports a signal as 128 and its number', async () => {
  expect(await shell('kill -SEGV $$').ended).toEqual({ kind: 'exited', exitCode: 139 });
});

it('has exactly the environment it was given, and its folder', async () => {
  await run(['/usr/bin/env', '-0'], { ONLY: 'a\nb' }).ended;
  expect(output()).toContain('ONLY=a');
  expect(output()).not.toContain('PATH=');
  started.length = 0;
});

describe('what cannot be started', () => {
  it.each<[string, readonly string[], Record<string, string>, string]>([
    ['a file that is not there', ['/no/such/agent'], {}, 'exec: "/no/such/agent": executable file not found'],
    ['a file that may not be run', ['/etc/passwd'], {}, 'exec: "/etc/passwd": permission denied'],
    ['no command', [], {}, 'no command specified'],
    ['a NUL in the environment', ['/bin/true'], { A: 'a\0b' }, 'exec: "/bin/true": '],
  ])('%s', async (_, command, environment, message) => {
    const process = run(command, environment);
    expect(process.started).toBe(false);
    expect(await process.ended).toEqual({ kind: 'not-started', message: expect.stringContaining(message) as string });
    expect(output()).toContain(message);
  });
});

describe('stopping', () => {
  it('asks first', async () => {
    const process = shell('trap "echo bye; exit 3" TERM; echo ready; while :; do sleep 0.01; done');
    await untilSaid('ready');
    process.stop(30_000);
    expect(await process.ended).toEqual({ kind: 'exited', exitCode: 3 });
    expect(output()).toContain('bye');
    expect(clock.waiting).toBe(0);
  });

  const stubborn = 'trap "" TERM; echo ready; while :; do sleep 0.01; done';

  it('kills what does not listen, after its grace', async () => {
    const process = shell(stubborn);
    await untilSaid('ready');
    process.stop(30_000);
    await clock.advance(29_999);
    const early = await Promise.race([process.ended, Promise.resolve('runs')]);
    expect(early).toBe('runs');
    await clock.advance(1);
    expect(await process.ended).toEqual({ kind: 'exited', exitCode: 137 });
  });

  it('asked again can only shorten the grace', async () => {
    const process = shell(stubborn);
    await untilSaid('ready');
    process.stop(30_000);
    await clock.advance(20_000);
    process.stop(30_000);
    await clock.advance(5_000);
    process.stop(1_000);
    await clock.advance(1_000);
    expect(await process.ended).toEqual({ kind: 'exited', exitCode: 137 });
  });

  it('takes the whole group, what ignores the signal too', async () => {
    const process = shell('sh -c \'trap "" TERM; echo $$; while :; do sleep 0.01; done\' & wait');
    await untilSaid('\n');
    const child = Number(output().trim());
    expect(isAlive(child)).toBe(true);
    process.stop(30_000);
    await process.ended;
    await vi.waitFor(() => expect(isAlive(child)).toBe(false), { interval: 2 });
  });
});

it('takes what the first process left behind', async () => {
  const process = shell('sleep 60 & echo $!; exit 0');
  expect(await process.ended).toEqual({ kind: 'exited', exitCode: 0 });
  const child = Number(output().trim());
  expect(child).toBeGreaterThan(0);
  await vi.waitFor(() => expect(isAlive(child)).toBe(false), { interval: 2 });
});

it('does not wait for ever for a pipe that somebody outside the group holds', async () => {
  const outside = "setsid sh -c 'echo $$ > pid; exec sleep 60' &";
  const process = shell(`${outside} while [ ! -s pid ]; do sleep 0.01; done; cat pid`);
  await untilSaid('\n');
  const outsider = Number(output().trim());
  await vi.waitFor(() => expect(clock.waiting).toBe(1), { interval: 2 });
  await clock.advance(500);
  expect(await process.ended).toEqual({ kind: 'exited', exitCode: 0 });
  globalThis.process.kill(outsider, 'SIGKILL');
});

it('does not outlive the node: the guardian ends it', async () => {
  guardian.start();
  const process = shell('echo ready; while :; do sleep 0.01; done');
  await untilSaid('ready');
  guardian.stop(); // what the end of the node's process does, too
  expect(await process.ended).toEqual({ kind: 'exited', exitCode: 143 });
});

describe('stopping with a preStop hook', () => {
  const TALKS = 'trap "echo asked; exit 0" TERM; echo ready; while :; do sleep 0.01; done';
  const STUBBORN = 'echo $$; trap "echo asked" TERM; echo ready; while :; do sleep 0.01; done';
  /** A hook that runs until it is finished or given up. */
  function hook(): { run: (signal: AbortSignal) => Promise<void>; finish: () => void; signals: AbortSignal[] } {
    const signals: AbortSignal[] = [];
    let finish = (): void => {};
    const run = (signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        signals.push(signal);
        finish = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    return { run, finish: () => finish(), signals };
  }

  it('asks when the hook has ended', async () => {
    const process = shell(TALKS);
    await untilSaid('ready');
    const { run: preStop, finish } = hook();
    process.stop(30_000, preStop);
    await clock.advance(20_000);
    expect(output()).not.toContain('asked');
    finish();
    expect(await process.ended).toEqual({ kind: 'exited', exitCode: 0 });
    expect(output()).toContain('asked');
  });

  it('gives a hook up at the end of the grace, and leaves the process two seconds then', async () => {
    const process = shell(STUBBORN);
    await untilSaid('ready');
    const { run: preStop, signals } = hook();
    process.stop(30_000, preStop);
    await clock.advance(29_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await untilSaid('asked');
    await clock.advance(1_999);
    expect(isAlive(Number(output().split('\n')[0]))).toBe(true);
    await clock.advance(1);
    expect(await process.ended).toEqual({ kind: 'exited', exitCode: 137 });
  });

  it('runs it once, and gives it up when the process ends or is killed', async () => {
    const process = shell(STUBBORN);
    await untilSaid('ready');
    const { run: preStop, signals } = hook();
    process.stop(30_000, preStop);
    process.stop(20_000, preStop);
    await clock.advance(0);
    process.stop(0, preStop);
    expect(await process.ended).toEqual({ kind: 'exited', exitCode: 137 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(output()).not.toContain('asked');
  });
});
