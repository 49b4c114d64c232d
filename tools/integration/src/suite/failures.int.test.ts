import { ERRORS, type ErrorCode } from '@sympozium/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ANY_PROGRAM } from '../fixture/images.js';
import { kubectl, sympozium } from '../fixture/commands.js';
import { ModelDouble, type ModelCall } from '../fixture/model-double.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let model: ModelDouble;

beforeAll(async () => {
  model = await ModelDouble.start();
  system = await Sympozium.start(suiteCluster(), { name: 'failures' });
  const openai = { provider: 'openai', name: 'double', baseURL: model.baseURL };
  await system.createSecret('model', { key: 'sk-wrong' });
  await system.createInstance('echo');
  await system.createInstance('wrong-key', { model: { ...openai, authSecretRef: { name: 'model', key: 'key' } } });
  await system.createInstance('dying', { model: openai });
  await system.createInstance('no-secret', { model: { ...openai, authSecretRef: { name: 'absent', key: 'key' } } });
  await system.createInstance('no-command', { agent: { image: ANY_PROGRAM, command: ['/no/such/program'] } });
  await system.createInstance('no-image', { agent: { image: 'registry.invalid/none:1' } });
});

afterAll(async () => {
  await system?.stop();
  await model?.stop();
});

interface Case {
  readonly instance: string;
  readonly reason: ErrorCode;
  /** What the sentence must name. */
  readonly names: RegExp;
  readonly model?: (call: ModelCall) => void;
}

const CASES: readonly Case[] = [
  {
    instance: 'wrong-key',
    reason: 'ModelAuthFailed',
    names: /key/i,
    model: (call) => call.refuse(401, 'Incorrect API key provided', 'invalid_api_key'),
  },
  {
    instance: 'dying',
    reason: 'ModelError',
    names: /model/i,
    model: (call) => {
      call.delta({ content: 'half' });
      setImmediate(() => call.die());
    },
  },
  { instance: 'no-secret', reason: 'ContainerConfigError', names: /absent/ },
  { instance: 'no-command', reason: 'ContainerStartFailed', names: /\/no\/such\/program/ },
  { instance: 'no-image', reason: 'ImagePullFailed', names: /registry\.invalid\/none:1/ },
];

it.each(CASES)('$instance: caller, CLI and kubectl say $reason, why and what next, within 5 s', async (failure) => {
  model.answer(failure.model ?? ((call) => call.finish()));
  const asked = Date.now();
  const error = await system
    .openai()
    .chat.completions.create({ model: failure.instance, messages: [{ role: 'user', content: 'Hi' }] })
    .catch((e: unknown) => e as Error & { status: number; code: string });
  expect(Date.now() - asked).toBeLessThan(5_500);
  expect(error).toMatchObject({ status: 502, message: expect.stringMatching(failure.names) });
  expect((error as Error).message).toContain(firstWords(ERRORS[failure.reason].action));

  const name = `bare-${failure.instance}`;
  const created = Date.now();
  await system.createRun(name, { instanceRef: { name: failure.instance } });
  await until(`kubectl shows ${failure.reason}`, async () => {
    const { stdout } = await kubectl(system, 'get', 'arun', name);
    return stdout.includes(failure.reason);
  });
  expect(Date.now() - created).toBeLessThan(6_000);
  const { status } = await system.run(name);
  expect(status.message).toMatch(failure.names);

  const cli = await sympozium(system, 'run', 'Hi', '--instance', failure.instance);
  expect(cli.exitCode).toBe(1);
  expect(cli.stderr).toMatch(failure.names);
  expect(cli.durationMs).toBeLessThan(7_000);
});

const firstWords = (sentence: string): string => sentence.split(' ').slice(0, 4).join(' ');

it('a missing instance: the caller gets 404, the CLI its name, kubectl the reason; it goes on when made', async () => {
  const error = await system
    .openai()
    .chat.completions.create({ model: 'nobody', messages: [{ role: 'user', content: 'Hi' }] })
    .catch((e: unknown) => e);
  expect(error).toMatchObject({ status: 404, code: 'model_not_found' });

  const cli = await sympozium(system, 'run', 'Hi', '--instance', 'nobody');
  expect(cli).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nobody') });

  await system.createRun('early', { instanceRef: { name: 'latecomer' } });
  await until('kubectl shows InstanceNotFound', async () =>
    (await kubectl(system, 'get', 'arun', 'early')).stdout.includes('InstanceNotFound'),
  );
  await system.createInstance('latecomer');
  expect((await system.finished('early')).status).toMatchObject({ phase: 'Succeeded', result: { text: 'Say hello' } });
});

it('no secret shows in status, logs or events of a failed run', async () => {
  const everything = JSON.stringify([await system.runs(), system.operator.lines, system.proxy.lines]);
  const events = (await kubectl(system, 'get', 'events', '-o', 'json')).stdout;
  expect(`${everything}${events}`).not.toMatch(/sk-wrong|sk-integration-/);
});
