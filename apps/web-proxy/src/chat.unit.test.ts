import { FakeClock, settle } from '@sympozium/process/testing';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_KEY, ProxyWorld } from './testing/proxy-world.js';

let world: ProxyWorld;
let openai: OpenAI;

beforeEach(async () => {
  world = await ProxyWorld.start();
  await world.instance('demo');
  openai = new OpenAI({ baseURL: `${world.endpoint}/v1`, apiKey: API_KEY });
});

afterEach(() => world.stop());

const ask = { model: 'demo', messages: [{ role: 'user' as const, content: 'Hi' }] };
const caught = (promise: PromiseLike<unknown>) => Promise.resolve(promise).catch((error: unknown) => error);

/** The events of an SSE body. */
const events = (body: string): unknown[] =>
  [...body.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => (data === '[DONE]' ? data : JSON.parse(data)));

describe('an answer at once', () => {
  it('has the agent’s text, finish reason and usage, and tells its times', async () => {
    const asking = openai.chat.completions.create(ask).withResponse();
    const run = await world.answerNext('Hel', 'lo');
    const { data, response } = await asking;
    expect(data).toEqual({
      id: `chatcmpl-${run.metadata.name}`,
      object: 'chat.completion',
      created: Math.floor(Date.parse(run.metadata.creationTimestamp ?? '') / 1000),
      model: 'demo',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
    expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{24}$/);
    expect(response.headers.get('x-sympozium-run')).toBe(run.metadata.name);
    expect(response.headers.get('server-timing')).toMatch(/^queue;dur=\d+, start;dur=\d+, run;dur=\d+$/);
  });

  it('comes from the status when the agent’s stream is refused', async () => {
    const asking = openai.chat.completions.create(ask);
    const run = await world.nextRun();
    const agent = await world.agent(run, { audience: 'somebody else' });
    expect(await agent.end()).toBe(401);
    world.runs.succeed(run, { text: 'stored' });
    expect((await asking).choices[0]?.message.content).toBe('stored');
  });

  it('carries the caller’s tools there and the model’s calls back', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } }];
    const asking = openai.chat.completions.create({ ...ask, tools, tool_choice: 'required' });
    const run = await world.nextRun();
    expect(run.spec).toMatchObject({ tools, toolChoice: { mode: 'required' } });
    const call = { id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{"a" : 1}' } };
    const agent = await world.agent(run);
    agent.say({ type: 'result', status: 'ok', text: '', finishReason: 'tool_calls', toolCalls: [call] });
    const { choices } = await asking;
    expect(choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null, tool_calls: [call] } });
    await agent.end();
  });
});

describe('a streamed answer', () => {
  it('gives each piece before the agent says the next', async () => {
    const asking = openai.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } });
    const run = await world.nextRun();
    const agent = await world.agent(run);
    const pieces = ['one ', 'two ', 'three'];
    agent.say({ type: 'started' }, { type: 'delta', text: pieces[0] ?? '' });
    const chunks = [];
    let said = 1;
    for await (const chunk of await asking) {
      chunks.push(chunk);
      if (!chunk.choices[0]?.delta.content) continue;
      expect(chunk.choices[0].delta.content).toBe(pieces[said - 1]);
      if (said < pieces.length) agent.say({ type: 'delta', text: pieces[said++] ?? '' });
      else
        agent.say({
          type: 'result',
          status: 'ok',
          text: pieces.join(''),
          finishReason: 'length',
          usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
        });
    }
    expect(await agent.end()).toBe(200);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
    expect(chunks.map(({ choices }) => choices[0]?.finish_reason ?? null)).toEqual([
      null,
      null,
      null,
      null,
      'length',
      null,
    ]);
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
    expect(chunks.map(({ usage }) => usage?.total_tokens ?? usage)).toEqual([null, null, null, null, null, 3]);
    expect(chunks.at(-1)?.choices).toEqual([]);
  });

  it('streams the pieces of tool calls as the model wrote them', async () => {
    const asking = openai.chat.completions.create({ ...ask, stream: true });
    const agent = await world.agent(await world.nextRun());
    const call = { id: 'call_1', type: 'function' as const, function: { name: 'weather', arguments: '{"a":1}' } };
    agent.say(
      { type: 'started' },
      { type: 'tool_call_delta', index: 0, id: 'call_1', name: 'weather' },
      { type: 'tool_call_delta', index: 0, arguments: '{"a"' },
      { type: 'tool_call_delta', index: 0, arguments: ':1}' },
      { type: 'result', status: 'ok', text: '', finishReason: 'tool_calls', toolCalls: [call] },
    );
    const deltas = [];
    for await (const { choices } of await asking) deltas.push(choices[0]?.delta.tool_calls?.[0]);
    expect(deltas.filter((delta) => delta)).toEqual([
      { index: 0, id: 'call_1', type: 'function', function: { name: 'weather' } },
      { index: 0, function: { arguments: '{"a"' } },
      { index: 0, function: { arguments: ':1}' } },
    ]);
    await agent.end();
  });

  it.each([0, 1, 2, 3])('is whole though the stream breaks after %d frames', async (frames) => {
    const asking = world.post({ ...ask, stream: true });
    const run = await world.nextRun();
    const agent = await world.agent(run);
    const bodies = [{ type: 'started' }, { type: 'delta', text: 'Hel' }, { type: 'delta', text: 'lo' }] as const;
    agent.say(...bodies.slice(0, frames));
    if (frames > 1) await (await asking).clone().body?.getReader().read();
    agent.break();
    world.runs.succeed(run, { text: 'Hello there' });
    const all = events(await (await asking).text()) as { choices: { delta: { content?: string } }[] }[];
    expect(all.map((event) => event.choices?.[0]?.delta.content ?? '').join('')).toBe('Hello there');
    expect(all.at(-1)).toBe('[DONE]');
  });

  it('ends with an error event and no [DONE] when the run fails in the middle', async () => {
    const asking = world.post({ ...ask, stream: true });
    const agent = await world.agent(await world.nextRun());
    agent.say({ type: 'started' }, { type: 'delta', text: 'half' });
    agent.fail('ModelError', 'the model died');
    const response = await asking;
    expect(response.status).toBe(200);
    const all = events(await response.text());
    expect(all.at(-1)).toMatchObject({
      error: { code: 'ModelError', message: expect.stringMatching(/the model died/) },
    });
    expect(all).not.toContain('[DONE]');
  });
});

describe('a run that fails', () => {
  it.each([
    ['ModelAuthFailed', 502, 'ModelAuthFailed'],
    ['ImagePullFailed', 502, 'run_failed'],
    ['DeadlineExceeded', 504, 'DeadlineExceeded'],
  ] as const)('for %s is a %d, once, with the official client’s own retries', async (reason, status, code) => {
    for (const stream of [false, true]) {
      const asking = caught(openai.chat.completions.create({ ...ask, stream }));
      world.runs.fail(await world.nextRun(), reason, 'Why. What next.');
      const error = await asking;
      expect(error).toBeInstanceOf(OpenAI.APIError);
      expect(error).toMatchObject({ status, code, type: 'server_error' });
      expect(String(error)).toContain(`The run failed (${reason}). Why. What next.`);
    }
    expect(world.runs.runs).toHaveLength(2);
  });

  it('for a reason of its agent tells the agent’s words', async () => {
    const asking = caught(openai.chat.completions.create(ask));
    const agent = await world.agent(await world.nextRun());
    agent.fail('ModelError', 'the model said 500');
    expect(String(await asking)).toContain('the model said 500');
    await agent.end();
    expect(world.runs.runs).toHaveLength(1);
  });

  it('by being deleted is an error, too', async () => {
    const asking = caught(openai.chat.completions.create(ask));
    const run = await world.nextRun();
    world.runs.hold(run); // the cache has it now
    world.runs.delete(run);
    expect(await asking).toMatchObject({ status: 502, code: 'RunDeleted' });
  });

  it('says so with x-should-retry', async () => {
    const asking = world.post(ask);
    world.runs.fail(await world.nextRun(), 'AgentFailed', 'no');
    expect((await asking).headers.get('x-should-retry')).toBe('false');
  });
});

describe('a caller that goes away', () => {
  it.each([true, false])('has its run cancelled (stream: %s)', async (stream) => {
    const abort = new AbortController();
    const asking = caught(world.post({ ...ask, stream }, { signal: abort.signal }));
    const run = await world.nextRun();
    abort.abort();
    await world.cancelled(run);
    expect(await asking).toMatchObject({ name: 'AbortError' });
  });

  it('in the middle of the stream has its run cancelled', async () => {
    const abort = new AbortController();
    const asking = world.post({ ...ask, stream: true }, { signal: abort.signal });
    const run = await world.nextRun();
    const agent = await world.agent(run);
    agent.say({ type: 'started' }, { type: 'delta', text: 'x' });
    const reader = (await asking).body?.getReader();
    await reader?.read();
    abort.abort();
    await world.cancelled(run);
    expect(await agent.end()).toBe(200);
  });

  it('keeps its run when a retry with the same Idempotency-Key may join it, and the retry does', async () => {
    const abort = new AbortController();
    const headers = { 'idempotency-key': 'once' };
    const first = caught(world.post(ask, { signal: abort.signal, headers }));
    const run = await world.nextRun();
    abort.abort();
    await first;
    const second = world.post(ask, { headers });
    const agent = await world.agent(run);
    world.runs.succeed(run, { text: 'kept' });
    expect(await (await second).json()).toMatchObject({ choices: [{ message: { content: 'kept' } }] });
    await agent.end();
    const third = await world.post({ ...ask, stream: true }, { headers });
    expect(await third.text()).toContain('kept');
    expect(world.runs.runs).toHaveLength(1);
    expect(world.runs.runs[0]?.spec.cancel).toBeUndefined();
  });
});

it('refuses another body under the same Idempotency-Key, for good', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = world.post(ask, { headers });
  await world.answerNext('x');
  await first;
  const response = await world.post({ ...ask, temperature: 1 }, { headers });
  expect(response.status).toBe(409);
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(await response.json()).toMatchObject({ error: { code: 'idempotency_conflict' } });
});

it('counts runs by how the wait for them ended, and times them', async () => {
  const streamed = world.post({ ...ask, stream: true });
  await world.answerNext('x');
  await (await streamed).text();
  const failing = world.post(ask);
  world.runs.fail(await world.nextRun(), 'ModelError', 'Why. What next.');
  await failing;
  const abort = new AbortController();
  const gone = caught(world.post(ask, { signal: abort.signal }));
  const run = await world.nextRun();
  abort.abort();
  await Promise.all([gone, world.cancelled(run)]);
  let metrics = '';
  while (!metrics.includes('outcome="Cancelled"'))
    metrics = await (await fetch(`${world.metricsEndpoint}/metrics`)).text();
  for (const outcome of ['Succeeded', 'ModelError', 'Cancelled']) {
    expect(metrics).toContain(`sympozium_runs_total{outcome="${outcome}"} 1\n`);
    expect(metrics).toContain(`sympozium_run_seconds_count{outcome="${outcome}"} 1\n`);
  }
  expect(metrics).toContain('sympozium_run_first_delta_seconds_count 1\n');
});

it('makes a run of its own for each of many equal requests, and keeps their answers apart', async () => {
  const asking = Array.from({ length: 20 }, () => openai.chat.completions.create(ask));
  const names = await Promise.all(
    asking.map(async () => {
      const run = await world.nextRun();
      const agent = await world.agent(run);
      agent.answer(run.metadata.name);
      await agent.end();
      return run.metadata.name;
    }),
  );
  const answers = await Promise.all(asking);
  expect(answers.map(({ choices }) => choices[0]?.message.content).sort()).toEqual(names.sort());
  for (const { id, choices } of answers) expect(id).toBe(`chatcmpl-${choices[0]?.message.content}`);
});

describe('in time', () => {
  let clock: FakeClock;
  let slow: ProxyWorld;

  beforeEach(async () => {
    clock = new FakeClock();
    slow = await ProxyWorld.start({ clock });
    await slow.instance('demo');
  });

  afterEach(() => slow.stop());

  it('sends the headers after ten seconds, and a comment every ten seconds', async () => {
    const asking = slow.post({ ...ask, stream: true });
    const run = await slow.nextRun();
    while (clock.waiting < 8) await settle();
    await clock.advance(10_000);
    const reader = (await asking).body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) throw new Error('there is no body');
    let seen = '';
    while (!seen.includes(': the run goes on\n\n')) seen += (await reader.read()).value ?? '';
    expect(seen).toMatch(/^data: .*"role":"assistant".*\n\n: the run goes on\n\n$/);
    await clock.advance(10_000);
    expect((await reader.read()).value).toBe(': the run goes on\n\n');
    slow.runs.fail(run, 'AgentFailed', 'no');
    expect((await reader.read()).value).toMatch(/^data: {"error":/);
    expect(await reader.read()).toMatchObject({ done: true });
  });

  it('answers within five seconds with what keeps the run from starting, and cancels it', async () => {
    const asking = slow.post(ask);
    const run = await slow.nextRun();
    slow.runs.hold(run, 'ImagePullFailed', 'The image cannot be pulled. Correct its name.');
    for (let i = 0; i < 20; i += 1) await settle();
    await clock.advance(5_000);
    const response = await asking;
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      error: { code: 'run_failed', message: expect.stringContaining('Correct its name.') },
    });
    await slow.cancelled(run);
  });
});
