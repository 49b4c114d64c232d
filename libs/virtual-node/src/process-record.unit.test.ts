import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endLeftovers, killGroup, recordProcess, wasStarted } from './process-record.js';

let pods: string;
let container: string;
beforeEach(() => {
  pods = mkdtempSync(join(tmpdir(), 'pods-'));
  container = join(pods, 'uid-1', 'containers', 'main');
  mkdirSync(container, { recursive: true });
});
afterEach(() => rmSync(pods, { recursive: true }));

const sleeper = (): ChildProcess & { pid: number } =>
  spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }) as ChildProcess & { pid: number };

it('ends the processes that were recorded', async () => {
  const process = sleeper();
  const exit = once(process, 'exit');
  recordProcess(container, process.pid);
  expect(endLeftovers(pods)).toEqual([process.pid]);
  expect(await exit).toEqual([null, 'SIGKILL']);
  expect(endLeftovers(pods)).toEqual([]);
});

it('spares a process that has only got the number', async () => {
  const process = sleeper();
  writeFileSync(join(container, 'process.json'), JSON.stringify({ pid: process.pid, started: '1' }));
  expect(endLeftovers(pods)).toEqual([]);
  expect(process.signalCode).toBeNull();
  const exit = once(process, 'exit');
  killGroup(process.pid, 'SIGKILL');
  await exit;
});

it.each(['', '{"pid":', '{}', '{"pid":1,"started":""}'])('is not troubled by the record %j', (record) => {
  writeFileSync(join(container, 'process.json'), record);
  expect(endLeftovers(pods)).toEqual([]);
});

it('knows whether anything was started', () => {
  expect(wasStarted(join(pods, 'uid-2'))).toBe(false);
  expect(wasStarted(join(pods, 'uid-1'))).toBe(false);
  writeFileSync(join(container, '0.log'), '');
  expect(wasStarted(join(pods, 'uid-1'))).toBe(true);
});

it('signals nobody when the group is gone', async () => {
  const process = sleeper();
  const exit = once(process, 'exit');
  killGroup(process.pid, 'SIGTERM');
  await exit;
  expect(() => killGroup(process.pid, 'SIGKILL')).not.toThrow();
});
