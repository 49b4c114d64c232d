import { kubectlPath } from '@sympozium/get-helm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command } from '../fixture/commands.js';
import { answer, DEV_KUBE, kept, startLocalSystem, type Ready, type RunningSystem } from '../fixture/local-system.js';
import { processesOf } from '../fixture/processes.js';

const WITHIN_MS = 120_000; // two starts, beside the rest of the suite

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sympozium-dev-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const devKube = (...more: readonly string[]): Promise<RunningSystem> => startLocalSystem(DEV_KUBE, folder, ...more);

/** What README says, beside a demo that shall go on. */
const applyExamples = async ({ kubeconfig }: Ready) =>
  command(await kubectlPath(), [
    ...['--kubeconfig', kubeconfig, 'apply'],
    ...['server', 'task', 'conversation', 'instance'].flatMap((name) => ['-f', workspaceFile(`examples/${name}.yaml`)]),
  ]);

it(
  'answers, leaves no process at Ctrl-C, and finds its state again',
  async () => {
    const first = await devKube();
    expect(await answer(first, 'Remember me')).toBe('Remember me');
    expect(await applyExamples(first)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(processesOf(folder).length).toBeGreaterThan(0);
    expect(await first.interrupt()).toBe(0);
    expect(processesOf(folder)).toEqual([]);

    const second = await devKube('--no-demo');
    expect(second.apiKey).toBe(first.apiKey);
    expect(await answer(second, 'Here I am')).toBe('Here I am');
    const { answers, restarts } = await kept(second);
    expect(answers).toContain('Remember me');
    expect(restarts).toEqual([[1]]); // the same Pod, and no other
    expect(await second.interrupt()).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  },
  WITHIN_MS,
);
