import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOwner } from '@sympozium/process';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BuildLock } from './build-lock.js';

let folder: string;
const path = (): string => join(folder, 'cache', 'assets.lock');

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'build-lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is held by one at a time; who waits is told once and gets it in the end', async () => {
  const first = new BuildLock(path());
  await first.acquire(() => expect.unreachable('nobody holds it'));
  expect(readOwner(path())).toBe(process.pid);

  let asked = 0;
  const second = new BuildLock(path(), async () => {
    asked += 1;
    if (asked === 3) first.release();
  });
  const onWait = vi.fn();
  await second.acquire(onWait);
  expect(asked).toBe(3);
  expect(onWait).toHaveBeenCalledOnce();
  second.release();
  expect(readOwner(path())).toBeUndefined();
});

it('is taken over from a process that is gone', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const lock = new BuildLock(path());
  await lock.acquire(() => {});
  writeFileSync(path(), String(pid));

  await new BuildLock(path()).acquire(() => expect.unreachable('its process is gone'));
  expect(readOwner(path())).toBe(process.pid);
});

it('can be given up', async () => {
  await new BuildLock(path()).acquire(() => {});
  const controller = new AbortController();
  const waiting = new BuildLock(path()).acquire(() => controller.abort(), controller.signal);
  await expect(waiting).rejects.toThrow(/abort/i);
});
