import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { dev } from './dev.js';

const folder = mkdtempSync(join(tmpdir(), 'dev-'));
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it('a wrong option ends in its error alone: nothing runs yet that could be stopped', async () => {
  const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const kubeconfig = join(folder, 'none');
  const start = dev({ kubeconfig, port: 0, dataDir: join(folder, 'data'), demo: false, output: 'text' });
  await expect(start).rejects.toThrow(kubeconfig);
  expect(told).not.toHaveBeenCalled();
});
