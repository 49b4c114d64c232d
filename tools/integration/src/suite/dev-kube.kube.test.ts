import { AGENT_RUN, LABEL } from '@sympozium/api';
import { kubectlPath } from '@sympozium/get-helm';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { POD } from '@sympozium/plugin-sdk/manifests';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import OpenAI from 'openai';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { command } from '../fixture/commands.js';
import { processesOf } from '../fixture/processes.js';

/** The line that `--output json` prints. */
interface Ready {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly model: string;
  readonly kubeconfig: string;
}

const WITHIN_MS = 120_000; // two starts, beside the rest of the suite

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sympozium-dev-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `npm run dev:kube` once it is ready; `interrupt` is Ctrl-C and resolves with the exit code. */
async function devKube(...more: readonly string[]): Promise<Ready & { interrupt(): Promise<number | null> }> {
  const script = workspaceFile('tools/kube-assets/dist/bundle/main.mjs');
  const args = ['--output', 'json', '--port', '0', '--data-dir', folder, ...more];
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const ended = exit.then(([code]) => {
    throw new Error(`dev:kube ended with ${code}:\n${said}`);
  });
  ended.catch(() => {}); // after it was ready, its end is what the test asks for
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string];
  const interrupt = async (): Promise<number | null> => {
    child.kill('SIGINT');
    return (await exit)[0];
  };
  return { ...(JSON.parse(line) as Ready), interrupt };
}

async function answer({ endpoint, apiKey, model }: Ready, content: string): Promise<string | null | undefined> {
  const client = new OpenAI({ baseURL: endpoint, apiKey });
  const { choices } = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
  return choices[0]?.message.content;
}

/** The answers of runs, and the restarts of each Pod of the demo's server. */
async function kept({ kubeconfig }: Ready): Promise<{ answers: (string | undefined)[]; restarts: unknown[] }> {
  const { client } = await clientFromKubeconfig({ kubeconfig });
  const { items: runs } = await client.list(AGENT_RUN, { namespace: 'default' });
  const { items: pods } = await client.list(POD, { namespace: 'default', labelSelector: `${LABEL.run}=demo-server` });
  await client.close();
  return {
    answers: runs.map(({ status }) => status.resultPreview),
    restarts: pods.map(({ status }) => status?.containerStatuses?.map(({ restartCount }) => restartCount)),
  };
}

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
