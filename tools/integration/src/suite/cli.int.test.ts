import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { workspaceFile } from '../fixture/app-process.js';
import { sympozium } from '../fixture/commands.js';
import { ModelDouble } from '../fixture/model-double.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';

let system: Sympozium;
let model: ModelDouble;

beforeAll(async () => {
  model = await ModelDouble.start();
  system = await Sympozium.start(suiteCluster(), { name: 'cli' });
  await system.createInstance('echo');
  await system.createInstance('writer', { model: { provider: 'openai', name: 'double', baseURL: model.baseURL } });
});

afterAll(async () => {
  await system?.stop();
  await model?.stop();
});

const runOf = async (text: string) =>
  (await system.runs()).find(({ spec }) => JSON.stringify([spec.task, spec.messages]).includes(text));

it('run streams the answer and exits 0', async () => {
  const { exitCode, stdout } = await sympozium(system, 'run', 'Good morning', '--instance', 'echo');
  expect({ exitCode, text: stdout.trim() }).toEqual({ exitCode: 0, text: 'Good morning' });
});

it('run prints each delta before the model says the next', async () => {
  model.answer(() => {});
  const args = ['run', 'Stream', '--instance', 'writer', '-n', system.namespace, '--kubeconfig', system.cluster.admin];
  const child = spawn(process.execPath, [workspaceFile('apps/cli/bin/sympozium.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  const call = await model.call(model.calls.length);
  call.delta({ content: 'first' });
  const output = child.stdout[Symbol.asyncIterator]();
  expect(String((await output.next()).value)).toBe('first');
  call.delta({ content: ' second' });
  expect(String((await output.next()).value)).toBe(' second');
  call.finish();
  expect(await exit).toEqual([0, null]);
});

it('cancel ends a run; logs shows its frames; get runs its reason', async () => {
  model.answer((call) => call.delta({ content: 'working' }));
  const running = sympozium(system, 'run', 'Work long', '--instance', 'writer');
  const call = await model.call(model.calls.length);
  const name = (await runOf('Work long'))?.metadata.name ?? '';
  expect((await sympozium(system, 'logs', name)).stdout).toContain('"type":"started"');
  expect((await sympozium(system, 'cancel', name)).exitCode).toBe(0);
  await call.closed;
  expect((await running).exitCode).toBe(1);
  const { stdout } = await sympozium(system, 'get', 'runs');
  expect(stdout).toMatch(new RegExp(`${name}\\s+Failed\\s+task\\s+writer\\s+Cancelled`));
});

it.each([
  [['run'], 2],
  [['logs', 'nobody'], 1],
  [['cancel', 'nobody'], 1],
  [['get', 'runs', '-o', 'xml'], 2],
])('%j says in one sentence what is wrong', async (args, exitCode) => {
  const result = await sympozium(system, ...args);
  expect(result.exitCode).toBe(exitCode);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.stderr.trim()).not.toBe('');
});
