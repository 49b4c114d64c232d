import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import { LABEL, type AgentRun } from '@sympozium/api';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ModelDouble, says } from '../fixture/model-double.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { API_KEY, Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

const NARROW_KEY = 'sk-narrow-0123456789abcdefghijklmnopqrst';

let system: Sympozium;
let model: ModelDouble;
let clients: Client[] = [];

beforeAll(async () => {
  model = await ModelDouble.start();
  const narrow = JSON.stringify({ key: NARROW_KEY, instances: ['echo'], limits: { requestsPerMinute: 1, burst: 1 } });
  system = await Sympozium.start(suiteCluster(), { name: 'mcp', keys: { narrow } });
  await system.createSecret('model', { key: 'sk-model-key' });
  await system.createInstance('echo');
  await system.createInstance('writer', {
    systemPrompt: 'You write. The secret word is plover.',
    model: {
      provider: 'openai',
      name: 'gpt-double',
      baseURL: model.baseURL,
      authSecretRef: { name: 'model', key: 'key' },
    },
  });
});

afterAll(async () => {
  await system?.stop();
  await model?.stop();
});

beforeEach(() => {
  model.calls.length = 0;
  model.answer(says('ok'));
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
});

/** The official client in a session of its own. */
async function connect(apiKey = API_KEY): Promise<Client> {
  const client = new Client({ name: 'suite', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${apiKey}` } };
  await client.connect(new SSEClientTransport(new URL(`${system.endpoint}/sse`), { requestInit }));
  clients.push(client);
  return client;
}

const runOf = (task: string): Promise<AgentRun> =>
  until(`there is a run of ${task}`, async () => (await system.runs()).find(({ spec }) => spec.task === task));

const call = (task: string) => ({ name: 'ask_writer', arguments: { task } });

it('offers a tool for each instance that the key may call, and nothing of its prompt', async () => {
  const { tools } = await (await connect()).listTools();
  expect(tools.map(({ name }) => name)).toEqual(['ask_echo', 'ask_writer']);
  expect(JSON.stringify(tools)).not.toContain('plover');
  const narrow = await (await connect(NARROW_KEY)).listTools();
  expect(narrow.tools.map(({ name }) => name)).toEqual(['ask_echo']);
});

it('tells of the progress word by word: the model says the next only after the client has the last', async () => {
  const deltas = ['one ', 'two ', 'three ', 'four'];
  model.answer(() => {});
  const client = await connect();
  await client.listTools(); // from now on the client checks results against their schema
  const heard: Progress[] = [];
  const calling = client.callTool(call('Count'), undefined, {
    onprogress: (progress) => {
      if (progress.message === undefined) return;
      heard.push(progress);
      sayNext();
    },
  });
  const modelCall = await model.call(0);
  const rest = [...deltas];
  const sayNext = (): void => {
    const content = rest.shift();
    if (content === undefined) modelCall.finish('length');
    else modelCall.delta({ content });
  };
  sayNext();
  expect(await calling).toMatchObject({
    content: [{ type: 'text', text: deltas.join('') }],
    structuredContent: {
      text: deltas.join(''),
      finishReason: 'length',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    },
  });
  expect(heard.map(({ message }) => message)).toEqual(deltas);
  const steps = heard.map(({ progress }) => progress);
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
  const run = await runOf('Count');
  expect(run.spec.mode).toBe('task');
  expect(run.metadata.labels).toMatchObject({ [LABEL.key]: 'api-key', [LABEL.instance]: 'writer' });
});

it('stops the agent and closes the model’s socket within two seconds of a call’s being cancelled', async () => {
  model.answer((modelCall) => modelCall.delta({ content: 'thinking' }));
  const client = await connect();
  const abort = new AbortController();
  const calling = client
    .callTool(call('Think long'), undefined, { signal: abort.signal, onprogress: () => {} })
    .catch((error: unknown) => error);
  const modelCall = await model.call(0);
  const run = await runOf('Think long');
  const cancelled = Date.now();
  abort.abort();
  await modelCall.closed;
  expect(Date.now() - cancelled).toBeLessThan(2000);
  expect(await calling).toBeInstanceOf(Error);
  const ended = await system.finished(run.metadata.name);
  expect(ended.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
  await until('the Pod has ended', async () => {
    const pods = (await system.pods()).filter(({ metadata }) => metadata.labels?.[LABEL.runUid] === run.metadata.uid);
    return pods.every(({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed');
  });
  model.answer(says('still here'));
  expect(await client.callTool(call('And then'))).toMatchObject({ structuredContent: { text: 'still here' } });
});

it('cancels what runs when the stream ends', async () => {
  model.answer((modelCall) => modelCall.delta({ content: 'thinking' }));
  const client = await connect();
  const calling = client.callTool(call('Think alone')).catch((error: unknown) => error);
  const modelCall = await model.call(0);
  await client.close();
  await modelCall.closed;
  expect(await calling).toBeInstanceOf(Error);
  const run = await runOf('Think alone');
  expect((await system.finished(run.metadata.name)).status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
});

it('says why a run failed, as an error that a model can read', async () => {
  model.answer((modelCall) => modelCall.refuse(401, 'wrong key', 'invalid_api_key'));
  const result = await (await connect()).callTool(call('Fail'));
  expect(result).toMatchObject({
    isError: true,
    content: [{ type: 'text', text: expect.stringMatching(/^ModelAuthFailed: \S/) }],
  });
  expect(result.structuredContent).toBeUndefined();
});

it('refuses what it does not know, and makes no run', async () => {
  const before = (await system.runs()).length;
  await expect(connect('sk-wrong')).rejects.toThrow('401');
  const client = await connect();
  await expect(client.callTool({ name: 'ask_nobody', arguments: { task: 'x' } })).rejects.toMatchObject({
    code: -32_602,
  });
  await expect(client.callTool({ name: 'ask_writer', arguments: {} })).rejects.toMatchObject({ code: -32_602 });
  expect((await system.runs()).length).toBe(before);
});

it('counts a call against its key’s limits, and says when to come again', async () => {
  const client = await connect(NARROW_KEY);
  const echo = { name: 'ask_echo', arguments: { task: 'Say hello' } };
  expect((await client.callTool(echo)).isError ?? false).toBe(false);
  expect(await client.callTool(echo)).toMatchObject({
    isError: true,
    content: [{ type: 'text', text: expect.stringMatching(/^rate_limit_exceeded: .* Try again in \d+ s\.$/) }],
  });
});

it('tells an open session when an instance comes', async () => {
  const client = await connect();
  await client.listTools();
  const told = new Promise<void>((resolve) => {
    client.fallbackNotificationHandler = async ({ method }) => {
      if (method === 'notifications/tools/list_changed') resolve();
    };
  });
  await system.createInstance('newcomer');
  await told;
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('ask_newcomer');
});
