import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isAlive } from './testing/processes.js';

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { interval: 10, timeout: 10_000 });

/** Bundles the process that hosts the node: Node reads no TypeScript. */
async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, 'node-process.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('testing/node-process.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@sympozium/source'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

/** The processes of the node's only container, as it said them. */
function containerProcesses(nodeFolder: string): number[] {
  const pods = join(nodeFolder, 'pods');
  const [uid = ''] = readdirSync(pods);
  const log = readFileSync(join(pods, uid, 'containers', 'main', '0.log'), 'utf8');
  const pids = log.trim().split(' ').slice(3).map(Number);
  expect(pids).toHaveLength(2);
  return pids;
}

it('a node whose process is killed with SIGKILL leaves no process of a Pod behind', { timeout: 30_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'node-killed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const host = spawn(process.execPath, [await bundled(folder)], {
    env: { PATH: process.env['PATH'], TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  const [nodeFolder] = (await once(createInterface({ input: host.stdout }), 'line')) as [string];
  const pids = await until(() => containerProcesses(nodeFolder));
  expect(pids.map(isAlive)).toEqual([true, true]);

  const killed = once(host, 'exit');
  host.kill('SIGKILL');
  expect(await killed).toEqual([null, 'SIGKILL']);
  await until(() => expect(pids.map(isAlive)).toEqual([false, false]));
});
