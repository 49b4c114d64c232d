import { isAlive } from '@sympozium/process';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { command } from '../fixture/commands.js';
import { answer, kept, START, startLocalSystem, type RunningSystem } from '../fixture/local-system.js';
import { until } from '../fixture/until.js';

const WITHIN_MS = 120_000; // several starts, beside the rest of the suite

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sympozium-start-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (...more: readonly string[]): Promise<RunningSystem> => startLocalSystem(START, folder, ...more);

function moveFolder(): void {
  const former = folder;
  folder = `${former}-moved`;
  renameSync(former, folder);
}

/** What the parts of the system had to complain of, in all lives of the folder. */
const complaints = (): string[] =>
  ['local-cluster', 'virtual-node', 'operator']
    .flatMap((name) =>
      readFileSync(join(folder, 'logs', `${name}.log`), 'utf8')
        .trim()
        .split('\n'),
    )
    .filter((line) => line !== '' && !line.includes('"level":30'));

/** Ctrl-C, after which nothing is left. */
async function interrupt(system: RunningSystem): Promise<void> {
  const processes = system.processes();
  expect(processes.length).toBeGreaterThanOrEqual(4); // itself, the operator, the demo's server and a guardian
  expect(await system.interrupt()).toBe(0);
  await until('every process has ended', () => !processes.some(isAlive));
}

it(
  'serves a demo without a cluster, leaves no process at Ctrl-C, finds its state again where that was moved, and forgets it with --fresh',
  async () => {
    const first = await start();
    for (const phase of ['embedded Kubernetes API', 'echo provider', 'Serving', 'Hello from the demo'])
      expect(first.stderr()).toContain(phase);
    expect(await answer(first, 'Remember me')).toBe('Remember me');
    expect(first.stdout).toHaveLength(1);
    await interrupt(first);
    expect(complaints()).toEqual([expect.stringContaining('plain processes and does not enforce')]);

    moveFolder();
    const second = await start('--no-demo', '--port', new URL(first.endpoint).port);
    expect({ endpoint: second.endpoint, apiKey: second.apiKey }).toEqual({
      endpoint: first.endpoint,
      apiKey: first.apiKey,
    });
    expect(await answer(second, 'Here I am')).toBe('Here I am');
    const { answers, restarts } = await kept(second);
    expect(answers).toContain('Remember me');
    expect(restarts).toEqual([[1]]); // the same Pod, and no other
    await interrupt(second);

    const third = await start('--fresh');
    expect(third.apiKey).not.toBe(first.apiKey);
    expect((await kept(third)).answers).not.toContain('Remember me');
    await interrupt(third);
  },
  WITHIN_MS,
);

it(
  'refuses a folder that another process uses, in one sentence',
  async () => {
    const running = await start();
    const refused = await command(process.execPath, [START, '--port', '0', '--data-dir', folder]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      new RegExp(`^sympozium: ${folder} is in use by process ${running.pid}.*--data-dir\\.\n$`),
    );
    await interrupt(running);
  },
  WITHIN_MS,
);
