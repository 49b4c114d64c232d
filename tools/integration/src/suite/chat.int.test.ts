import { LABEL } from '@sympozium/api';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ModelDouble, says, type ModelCall } from '../fixture/model-double.js';
import { suiteCluster } from '../fixture/suite-cluster.js';
import { API_KEY, Sympozium } from '../fixture/sympozium.js';
import { until } from '../fixture/until.js';

let system: Sympozium;
let model: ModelDouble;
let openai: OpenAI;

beforeAll(async () => {
  model = await ModelDouble.start();
  system = await Sympozium.start(suiteCluster(), { name: 'chat' });
  openai = system.openai();
  await system.createSecret('model', { key: 'sk-model-key' });
  await system.createInstance('echo');
  await system.createInstance('writer', {
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

const ask = (content: string) => ({ model: 'writer', messages: [{ role: 'user' as const, content }] });

it('answers a chat completion with the model’s words, finish reason and usage', async () => {
  model.answer(says('Hello', ', world'));
  const completion = await openai.chat.completions.create(ask('Say hello'));
  expect(completion.choices).toEqual([
    expect.objectContaining({
      finish_reason: 'stop',
      message: expect.objectContaining({ role: 'assistant', content: 'Hello, world' }),
    }),
  ]);
  expect(completion.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 });
  expect(completion.model).toBe('writer');
  expect(model.calls.map((call) => call.authorization)).toEqual(['Bearer sk-model-key']);
});

it('streams delta by delta: the model says the next only after the client has the last', async () => {
  const deltas = ['one ', 'two ', 'three ', 'four'];
  model.answer(() => {});
  const stream = openai.chat.completions.create({
    ...ask('Count'),
    stream: true,
    stream_options: { include_usage: true },
  });
  const call = await model.call(0);
  call.delta({ content: deltas[0] });
  let received = 0;
  const ids = new Set<string>();
  const ends: unknown[] = [];
  for await (const chunk of await stream) {
    ids.add(chunk.id);
    if (chunk.usage) ends.push(chunk.usage.total_tokens);
    const [choice] = chunk.choices;
    if (choice?.finish_reason) ends.push(choice.finish_reason);
    if (!choice?.delta.content) continue;
    expect(choice.delta.content).toBe(deltas[received]);
    received += 1;
    if (received < deltas.length) call.delta({ content: deltas[received] });
    else call.finish('length');
  }
  expect(received).toBe(deltas.length);
  expect(ids.size).toBe(1);
  expect(ends).toEqual(['length', 5]);
});

it('hands every turn and every parameter to the model as the caller sent them', async () => {
  const messages = [
    { role: 'system', content: 'Be brief. $(HOME) $$ "quotes" \\ ' },
    { role: 'developer', content: [{ type: 'text', text: 'Use metric units.' }] },
    { role: 'user', content: 'Weather in Oslo? 🌦️ \u2028 <b>&amp;</b>', name: 'anna' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{ "city" :"Oslo",\n "n": 1.0 }' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '{"c": 4}' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'And this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
      ],
    },
  ];
  const tools = [
    {
      type: 'function',
      function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
    },
  ];
  const parameters = {
    temperature: 0.25,
    top_p: 0.9,
    max_completion_tokens: 77,
    stop: ['END'],
    seed: 7,
    presence_penalty: 0.5,
    frequency_penalty: -0.5,
    response_format: { type: 'json_object' },
    tool_choice: { type: 'function', function: { name: 'weather' } },
  };
  await openai.chat.completions.create({ model: 'writer', messages, tools, ...parameters } as never);
  const [call] = model.calls;
  expect(call?.body).toMatchObject({ model: 'gpt-double', messages, tools, ...parameters });
  expect(call?.body['messages']).toEqual(messages);
  expect(call?.body['tools']).toEqual(tools);
});

it('ends in tool_calls when the model wants one of the caller’s functions', async () => {
  const first = { index: 0, id: 'call_9', type: 'function', function: { name: 'weather', arguments: '{"ci' } };
  const second = { index: 0, function: { arguments: 'ty": "Oslo"}' } };
  model.answer((call) => {
    call.delta({ tool_calls: [first] });
    call.delta({ tool_calls: [second] });
    call.finish('tool_calls');
  });
  const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: {} } }];
  const { choices } = await openai.chat.completions.create({ ...ask('Weather?'), tools });
  expect(choices[0]?.finish_reason).toBe('tool_calls');
  expect(choices[0]?.message.tool_calls).toEqual([
    { id: 'call_9', type: 'function', function: { name: 'weather', arguments: '{"city": "Oslo"}' } },
  ]);
});

it('makes a run, a Job and a Pod of its own for each request, the same text twice included', async () => {
  const before = new Set((await system.pods()).map((pod) => pod.metadata.uid));
  await Promise.all(Array.from({ length: 5 }, () => openai.chat.completions.create(ask('The same text'))));
  const fresh = (await system.pods()).filter((pod) => !before.has(pod.metadata.uid));
  expect(new Set(fresh.map((pod) => pod.metadata.uid)).size).toBe(5);
  expect(new Set(fresh.map((pod) => pod.metadata.labels?.[LABEL.runUid])).size).toBe(5);
  expect(model.calls).toHaveLength(5);
});

it('lists the instances as models', async () => {
  const models = await openai.models.list();
  expect(models.data.map(({ id, object }) => [id, object]).sort()).toEqual([
    ['echo', 'model'],
    ['writer', 'model'],
  ]);
  expect((await openai.models.retrieve('echo')).id).toBe('echo');
});

it('refuses in OpenAI’s own error form', async () => {
  const wrongKey = await system
    .openai('sk-wrong')
    .chat.completions.create(ask('x'))
    .catch((error: unknown) => error);
  expect(wrongKey).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(wrongKey).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'invalid_request_error' });

  const badParam = await openai.chat.completions
    .create({ ...ask('x'), temperature: 'hot' } as never)
    .catch((error: unknown) => error);
  expect(badParam).toBeInstanceOf(OpenAI.BadRequestError);
  expect(badParam).toMatchObject({ status: 400, param: 'temperature', type: 'invalid_request_error' });

  const unknown = await openai.chat.completions.create({ ...ask('x'), model: 'nobody' }).catch((e: unknown) => e);
  expect(unknown).toMatchObject({ status: 404, code: 'model_not_found' });
  expect(model.calls).toHaveLength(0);
});

it('says 429 with Retry-After when a key asks too often', async () => {
  await system.createInstance('narrow', { endpoint: { rateLimit: { requestsPerMinute: 1, burst: 1 } } });
  const post = () =>
    fetch(`${system.endpoint}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'narrow', messages: [{ role: 'user', content: 'hi' }] }),
    });
  const answers = [await post(), await post()];
  expect(answers.map(({ status }) => status)).toEqual([200, 429]);
  expect(Number(answers[1]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await answers[1]?.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: 'requests' } });
});

it('stops the agent and closes the model’s socket within two seconds of the client’s going', async () => {
  model.answer((call) => call.delta({ content: 'thinking' }));
  const abort = new AbortController();
  const stream = await openai.chat.completions.create({ ...ask('Think long'), stream: true }, { signal: abort.signal });
  const call = await model.call(0);
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  const gone = Date.now();
  abort.abort();
  await call.closed;
  expect(Date.now() - gone).toBeLessThan(2000);
  const [run] = (await system.runs()).filter(({ spec }) => JSON.stringify(spec.messages).includes('Think long'));
  const ended = await system.finished(run?.metadata.name ?? '');
  expect(ended.status).toMatchObject({ phase: 'Failed', reason: 'Cancelled' });
});

it('makes one run a call with the official client’s own retries, whatever fails', async () => {
  const names = async () => (await system.runs()).map(({ metadata }) => metadata.name);
  const failures = [
    (call: ModelCall) => call.refuse(500, 'the model is ill'),
    (call: ModelCall) => call.refuse(401, 'wrong key', 'invalid_api_key'),
    (call: ModelCall) => call.die(),
  ];
  for (const failure of failures) {
    model.answer(failure);
    const before = await names();
    const error = await openai.chat.completions.create(ask('Fail')).catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 502 });
    expect((await names()).length - before.length).toBe(1);
  }
});

it('never gives a caller two answers or none: a failure in mid-stream is an error event', async () => {
  model.answer((call) => {
    call.delta({ content: 'half an ' });
    setImmediate(() => call.die());
  });
  const error = await (async () => {
    const stream = await openai.chat.completions.create({ ...ask('Break'), stream: true });
    for await (const chunk of stream) expect(chunk.choices[0]?.finish_reason ?? null).toBeNull();
    return undefined;
  })().catch((e: unknown) => e);
  expect(error).toBeInstanceOf(OpenAI.APIError);
  expect(String(error)).toMatch(/model/i);
});

it('keeps the answer with the run', async () => {
  model.answer(says('kept'));
  await openai.chat.completions.create(ask('Keep this'));
  const run = await until('the run is stored', async () =>
    (await system.runs()).find(
      ({ spec, status }) => status.result && JSON.stringify(spec.messages).includes('Keep this'),
    ),
  );
  expect(run.status).toMatchObject({
    phase: 'Succeeded',
    mode: 'task',
    result: { text: 'kept', finishReason: 'stop' },
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  });
});
