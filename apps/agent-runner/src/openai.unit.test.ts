import { LIMIT } from '@sympozium/api';
import type { RunInput } from '@sympozium/run-protocol';
import { agentInput, type AgentProcess } from '@sympozium/run-protocol/testing';
import { describe, expect, it } from 'vitest';
import { KEY, openaiInput, outcome, startModel, startRunner } from './testing/run-agent.js';

const textOf = (process: AgentProcess): string =>
  process.frames.map((frame) => (frame.type === 'delta' ? frame.text : '')).join('');

describe('an OpenAI-compatible model', { timeout: 30_000 }, () => {
  it('streams: each delta leaves before the model sends the next', async () => {
    const words = ['One ', 'two ', '🐍', '\n'];
    const model = await startModel(async (reply) => {
      for (const [index, word] of words.entries()) {
        reply.delta(word);
        await process.frame('delta', index + 1);
      }
      reply.finish('stop', [7, 4]);
    });
    const process = await startRunner(openaiInput(model));
    const end = await process.ended;
    const expected = {
      status: 'ok',
      text: words.join(''),
      finishReason: 'stop',
      usage: { inputTokens: 7, outputTokens: 4, totalTokens: 11 },
    };
    expect(end.frames.flatMap((frame) => (frame.type === 'delta' ? [frame.text] : []))).toEqual(words);
    expect(outcome(end)).toMatchObject({ result: expected, envelope: expected });
    expect(end).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('gets every turn, tool and parameter as the caller sent it', async () => {
    const model = await startModel((reply) => reply.finish());
    const call = {
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'look', arguments: '{ "a":1.0,\n "b": "\\u00e9" }' },
      extra: { signature: 'x' },
    };
    const parts = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail: 'low' } },
    ];
    const schema = { type: 'object', properties: { a: { type: 'number' } }, additionalProperties: false };
    const tools = [{ type: 'function' as const, function: { name: 'look', parameters: schema, strict: true } }];
    const text = (value: string) => [{ type: 'text', text: value }];
    const input = openaiInput(model, {
      systemPrompt: 'Be brief.',
      messages: [
        { role: 'developer', content: text('Rules'), contentForm: 'string', name: 'ops' },
        { role: 'user', content: parts },
        { role: 'assistant', content: [], contentForm: 'null', tool_calls: [call] },
        { role: 'tool', content: text('$(X) $$ "é"\u0000\n🐍'), contentForm: 'string', tool_call_id: 'call_1' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'user', content: text(''), contentForm: 'string', annotation: [1] },
      ],
      generation: {
        temperature: 0,
        topP: 0.5,
        maxTokens: 10,
        maxCompletionTokens: 20,
        stop: ['END'],
        seed: 0,
        presencePenalty: -1,
        frequencyPenalty: 1,
        logitBias: { '50256': -100 },
        responseFormat: { type: 'json_schema', json_schema: { name: 'n', schema } },
        reasoningEffort: 'low',
        verbosity: 'high',
        parallelToolCalls: false,
      },
      tools,
      toolChoice: { mode: 'function', name: 'look' },
    });
    await (
      await startRunner(input)
    ).ended;
    expect(model.calls.map((each) => each.body)).toEqual([
      {
        model: 'gpt-test',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'developer', content: 'Rules', name: 'ops' },
          { role: 'user', content: parts },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', content: '$(X) $$ "é"\u0000\n🐍', tool_call_id: 'call_1' },
          { role: 'assistant', tool_calls: [call] },
          { role: 'user', content: '', annotation: [1] },
        ],
        temperature: 0,
        top_p: 0.5,
        max_tokens: 10,
        max_completion_tokens: 20,
        stop: ['END'],
        seed: 0,
        presence_penalty: -1,
        frequency_penalty: 1,
        logit_bias: { '50256': -100 },
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
        reasoning_effort: 'low',
        verbosity: 'high',
        parallel_tool_calls: false,
        tools,
        tool_choice: { type: 'function', function: { name: 'look' } },
        stream: true,
        stream_options: { include_usage: true },
      },
    ]);
    expect(model.calls[0]).toMatchObject({ path: '/v1/chat/completions', headers: { authorization: `Bearer ${KEY}` } });
  });

  it('gets the instance’s headers, and no key when there is none', async () => {
    const model = await startModel((reply) => reply.finish());
    const headers = { 'x-team': 'blue' };
    const input = openaiInput(model, { model: { provider: 'openai', name: 'm', baseURL: model.baseURL, headers } });
    await (
      await startRunner(input, { env: { SYMPOZIUM_MODEL_KEY: '' } })
    ).ended;
    expect(model.calls[0]?.headers).toMatchObject(headers);
    expect(model.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  it('passes tool calls on piece by piece and whole', async () => {
    const model = await startModel((reply) => {
      const piece = (index: number, call: object) => reply.choice({ delta: { tool_calls: [{ index, ...call }] } });
      piece(0, { id: 'a', type: 'function', function: { name: 'look', arguments: '' } });
      piece(0, { function: { arguments: '{"q": ' } });
      piece(1, { id: 'b', type: 'function', function: { name: 'find', arguments: '{}' } });
      piece(0, { function: { arguments: '1}' } });
      reply.finish('tool_calls', [1, 2]);
    });
    const end = await (await startRunner(openaiInput(model))).ended;
    expect(
      end.frames.flatMap((frame) => (frame.type === 'tool_call_delta' ? [[frame.index, frame.arguments]] : [])),
    ).toEqual([
      [0, undefined],
      [0, '{"q": '],
      [1, '{}'],
      [0, '1}'],
    ]);
    const expected = {
      finishReason: 'tool_calls',
      text: '',
      toolCalls: [
        { id: 'a', type: 'function', function: { name: 'look', arguments: '{"q": 1}' } },
        { id: 'b', type: 'function', function: { name: 'find', arguments: '{}' } },
      ],
    };
    expect(outcome(end)).toMatchObject({ result: expected, envelope: expected });
  });

  it.each(['length', 'content_filter'])('says why it stopped: %s', async (reason) => {
    const model = await startModel((reply) => {
      reply.delta('Half');
      reply.finish(reason);
    });
    const { result } = outcome(await (await startRunner(openaiInput(model))).ended);
    expect(result).toMatchObject({ status: 'ok', text: 'Half', finishReason: reason });
  });

  it('is called again when it is busy', async () => {
    let calls = 0;
    const model = await startModel((reply) => {
      calls += 1;
      if (calls < 3) return reply.refuse(429, { error: { message: 'busy' } }, { 'retry-after-ms': '1' });
      reply.delta('Now');
      return reply.finish();
    });
    const { result } = outcome(await (await startRunner(openaiInput(model))).ended);
    expect(result).toMatchObject({ status: 'ok', text: 'Now' });
    expect(calls).toBe(3);
  });
});

describe('a model that fails', { timeout: 30_000 }, () => {
  async function failure(input: RunInput, env: Record<string, string> = {}) {
    const end = await (await startRunner(input, { env })).ended;
    const { result, envelope } = outcome(end);
    expect(result.status).toBe('error');
    expect(envelope).toMatchObject({ status: 'error', error: result.error });
    expect(end.exitCode).toBe(1);
    expect(JSON.stringify(end)).not.toContain(KEY);
    return { text: result.text, ...result.error };
  }

  it('in mid-stream: what it had said is kept, and it is not asked twice', async () => {
    const model = await startModel(async (reply) => {
      reply.delta('It was a dark');
      await process.frame('delta');
      reply.die();
    });
    const process = await startRunner(openaiInput(model));
    const end = await process.ended;
    const message = expect.stringMatching(/broke off after 13 characters: .+; start the run again/);
    expect(outcome(end).result).toMatchObject({
      status: 'error',
      text: 'It was a dark',
      error: { code: 'ModelError', message },
    });
    expect(end.exitCode).toBe(1);
    expect(model.calls).toHaveLength(1);
  });

  it('by ending its stream without a word', async () => {
    const model = await startModel((reply) => {
      reply.delta('Half');
      reply.end();
    });
    expect(await failure(openaiInput(model))).toMatchObject({
      code: 'ModelError',
      message: expect.stringContaining('ended its stream after 4 characters without a finish reason'),
    });
  });

  it('by an error inside its stream', async () => {
    const model = await startModel((reply) => {
      reply.delta('Half');
      reply.chunk({ error: { message: 'the GPU is on fire', type: 'server_error' } });
    });
    expect(await failure(openaiInput(model))).toMatchObject({
      code: 'ModelError',
      message: expect.stringContaining('sent an error after 4 characters: the GPU is on fire'),
    });
  });

  it('by something that is no stream', async () => {
    const model = await startModel((reply) => {
      reply.raw('data: {"choices": [\n\n');
      reply.end();
    });
    expect(await failure(openaiInput(model))).toMatchObject({ code: 'ModelError' });
  });

  it.each([401, 403])('by refusing the key with %i, which nobody then reads anywhere', async (status) => {
    const model = await startModel((reply) =>
      reply.refuse(status, { error: { message: `Incorrect API key provided: ${KEY}` } }),
    );
    expect(await failure(openaiInput(model))).toMatchObject({
      code: 'ModelAuthFailed',
      message: expect.stringMatching(
        /answered 40[13] Incorrect API key provided: \*\*\*; check that the key in model.authSecretRef/,
      ),
    });
    expect(model.calls).toHaveLength(1);
  });

  it('by wanting a key that there is not', async () => {
    const model = await startModel((reply) => reply.refuse(401, { error: { message: 'no key' } }));
    const { code, message } = await failure(openaiInput(model), { SYMPOZIUM_MODEL_KEY: '' });
    expect({ code, message }).toEqual({ code: 'ModelAuthFailed', message: expect.stringContaining('no key was sent') });
  });

  it.each([
    [400, 'check the request'],
    [404, 'check the instance’s model.name'.replace('’', "'")],
    [429, 'start the run again later'],
    [500, 'start the run again'],
  ])('by answering %i', async (status, next) => {
    const model = await startModel((reply) =>
      reply.refuse(status, { error: { message: 'that is how it is' } }, { 'retry-after-ms': '1' }),
    );
    const { code, message } = await failure(openaiInput(model));
    expect({ code, message }).toEqual({ code: 'ModelError', message: expect.stringContaining(next) });
    expect(message).toContain(`the model at ${model.baseURL} answered ${status} that is how it is`);
  });

  it('by not being there', async () => {
    const model = await startModel((reply) => reply.finish());
    const input = openaiInput(model);
    await model.close();
    expect(await failure(input)).toMatchObject({
      code: 'ModelError',
      message: expect.stringMatching(/cannot be reached: .*ECONNREFUSED.*; check the instance's model.baseURL/),
    });
  });

  it('by saying more than a run may keep: it is stopped', async () => {
    const model = await startModel(async (reply) => {
      reply.delta('x'.repeat(LIMIT.result));
      await process.frame('delta');
      reply.delta('y');
    });
    const process = await startRunner(openaiInput(model));
    const { result, envelope } = outcome(await process.ended);
    expect(result).toMatchObject({ status: 'error', error: { code: 'ResultTooLarge' } });
    expect(envelope).toMatchObject({ bytes: LIMIT.result, error: { code: 'ResultTooLarge' } });
    await (
      await model.call()
    ).closed;
    expect(textOf(process)).toHaveLength(LIMIT.result);
  });

  it('because there is no such provider', async () => {
    expect(await failure(agentInput('Hello', { model: { provider: 'oracle', name: 'm' } }))).toMatchObject({
      code: 'AgentFailed',
      message: expect.stringMatching(/no provider "oracle".*echo or openai/),
    });
  });
});

describe('SIGTERM', { timeout: 30_000 }, () => {
  it('closes the socket of a model that says nothing', async () => {
    const model = await startModel(() => undefined);
    const process = await startRunner(openaiInput(model));
    const { closed } = await model.call();
    const asked = performance.now();
    process.kill('SIGTERM');
    await closed;
    expect(performance.now() - asked).toBeLessThan(2000);
    const end = await process.ended;
    expect(outcome(end)).toMatchObject({
      result: { status: 'cancelled', text: '' },
      envelope: { status: 'cancelled' },
    });
    expect(end).toMatchObject({ exitCode: 143, stderr: '' });
  });

  it('in mid-stream keeps what was said and counted so far', async () => {
    const model = await startModel((reply) => {
      reply.chunk({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } });
      reply.delta('Once upon');
    });
    const process = await startRunner(openaiInput(model));
    await process.frame('delta');
    process.kill('SIGTERM');
    await (
      await model.call()
    ).closed;
    const expected = {
      status: 'cancelled',
      text: 'Once upon',
      finishReason: 'cancelled',
      usage: { inputTokens: 9, outputTokens: 1, totalTokens: 10 },
    };
    expect(outcome(await process.ended)).toMatchObject({ result: expected, envelope: expected });
  });
});
