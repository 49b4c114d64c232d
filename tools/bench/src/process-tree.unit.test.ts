import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { usageOf } from './process-tree.js';

it.runIf(process.platform === 'linux')('counts a process and what it started', async () => {
  const child = spawn('/bin/sh', ['-c', 'sleep 60 & echo up; wait'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('not started');
  await once(child.stdout, 'data');
  const usage = usageOf(pid);
  process.kill(-pid);
  await once(child, 'close');
  expect(usage.processes).toBe(2);
  expect(usage.rssMiB).toBeGreaterThan(0);
  expect(usageOf(pid)).toEqual({ cpuMs: 0, rssMiB: 0, processes: 0 });
});
