import { agentRunSpec } from '@sympozium/api';
import fc from 'fast-check';
import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions/completions.js';
import { describe, expect, it } from 'vitest';
import { HttpError, statusOf } from './errors.js';
import { REQUEST_FIELDS } from './request-fields.js';
import { toRun } from './to-run.js';

const ask = { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] };

function refusal(body: unknown): HttpError {
  try {
    toRun(body);
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('toRun', () => {
  it('keeps every turn, and how its content was written', () => {
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{ "a": 1 }' } }];
    const parts = [
      { type: 'text', text: 'see' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
    ];
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'developer', content: [{ type: 'text', text: 'Metric.' }] },
      { role: 'user', content: parts, name: 'anna' },
      { role: 'assistant', content: null, tool_calls: calls, refusal: null },
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', content: '', tool_call_id: 'c' },
    ];
    expect(toRun({ model: 'demo', messages }).spec.messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'Be brief.' }], contentForm: 'string' },
      { role: 'developer', content: [{ type: 'text', text: 'Metric.' }] },
      { role: 'user', content: parts, name: 'anna' },
      { role: 'assistant', contentForm: 'null', tool_calls: calls, refusal: null },
      { role: 'assistant', tool_calls: calls },
      { role: 'tool', content: [{ type: 'text', text: '' }], contentForm: 'string', tool_call_id: 'c' },
    ]);
  });

  it('passes every parameter on, and leaves out what is null', () => {
    const { spec } = toRun({
      ...ask,
      temperature: 0,
      top_p: 1,
      max_tokens: 5,
      max_completion_tokens: 6,
      stop: 'END',
      seed: -7,
      presence_penalty: -2,
      frequency_penalty: 2,
      logit_bias: { '5': -100 },
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
      reasoning_effort: 'low',
      verbosity: 'high',
      parallel_tool_calls: false,
      tools: null,
      tool_choice: null,
    });
    expect(spec).toEqual({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }], contentForm: 'string' }],
      generation: {
        temperature: 0,
        topP: 1,
        maxTokens: 5,
        maxCompletionTokens: 6,
        stop: ['END'],
        seed: -7,
        presencePenalty: -2,
        frequencyPenalty: 2,
        logitBias: { '5': -100 },
        responseFormat: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } },
        reasoningEffort: 'low',
        verbosity: 'high',
        parallelToolCalls: false,
      },
    });
  });

  it.each([
    ['required', { mode: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { mode: 'function', name: 'f' },
    ],
  ])('reads tool_choice %j', (choice, expected) => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
    expect(toRun({ ...ask, tools, tool_choice: choice }).spec).toMatchObject({ tools, toolChoice: expected });
  });

  it.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ top_logprobs: 2 }, 'top_logprobs'],
    [{ audio: { voice: 'alloy', format: 'wav' } }, 'audio'],
    [{ modalities: ['text', 'audio'] }, 'modalities'],
    [{ functions: [{ name: 'f' }] }, 'functions'],
    [{ web_search_options: {} }, 'web_search_options'],
    [{ frobnicate: 1 }, 'frobnicate'],
    [{ constructor: 1 }, 'constructor'],
  ])('refuses %j and names it', (fields, param) => {
    expect(refusal({ ...ask, ...fields })).toMatchObject({ code: 'unsupported_parameter', param });
  });

  it.each([
    { n: 1, logprobs: false, top_logprobs: null, modalities: ['text'], functions: [], audio: null },
    { user: 'u', metadata: { a: 'b' }, store: true, service_tier: 'auto', prediction: null, safety_identifier: 's' },
    { stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
    { stream: false, stream_options: null, frobnicate: null },
  ])('accepts what asks for nothing: %j', (fields) => {
    expect(toRun({ ...ask, ...fields }).model).toBe('demo');
  });

  it.each([
    [{ model: undefined }, 'model'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'function', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [{ messages: [{ role: 'user', content: 'x', contentForm: 'null' }] }, 'messages[0].contentForm'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
    [{ temperature: 3 }, 'temperature'],
    [{ max_tokens: 0 }, 'max_tokens'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
  ])('refuses %j and names %s', (fields, param) => {
    expect(refusal({ ...ask, ...fields })).toMatchObject({ code: 'invalid_request', param });
  });

  it('refuses what is nested beyond any use', () => {
    let deep: unknown = {};
    for (let i = 0; i < 50_000; i += 1) deep = [deep];
    const tools = [{ type: 'function', function: { name: 'f', parameters: { deep } } }];
    expect(refusal({ ...ask, tools })).toMatchObject({ code: 'invalid_request' });
  });

  it('answers any JSON with a 4xx or a run that the schema takes, and never anything else', () => {
    const fields = fc.constantFrom(...Object.keys(REQUEST_FIELDS));
    const message = fc.record({ role: fc.constantFrom('user', 'tool', 'x'), content: fc.jsonValue() });
    const body = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fields, fc.jsonValue()).map((some) => ({ ...ask, ...some })),
      fc.record({ model: fc.string(), messages: fc.array(message), tools: fc.jsonValue(), stop: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(body, (json) => {
        let spec;
        try {
          ({ spec } = toRun(json));
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError);
          expect(statusOf((error as HttpError).code)).toBe(400);
          return;
        }
        agentRunSpec.parse({ ...spec, instanceRef: { name: 'demo' } });
      }),
      { numRuns: 3_000, seed: 9 },
    );
  });
});

it('has a rule for every field of the official client’s request', () => {
  // A field that a later client adds is missing here, and the compiler says so.
  const official: Record<keyof ChatCompletionCreateParamsBase, true> = {
    audio: true,
    frequency_penalty: true,
    function_call: true,
    functions: true,
    logit_bias: true,
    logprobs: true,
    max_completion_tokens: true,
    max_tokens: true,
    messages: true,
    metadata: true,
    modalities: true,
    model: true,
    moderation: true,
    n: true,
    parallel_tool_calls: true,
    prediction: true,
    presence_penalty: true,
    prompt_cache_key: true,
    prompt_cache_options: true,
    prompt_cache_retention: true,
    reasoning_effort: true,
    response_format: true,
    safety_identifier: true,
    seed: true,
    service_tier: true,
    stop: true,
    store: true,
    stream: true,
    stream_options: true,
    temperature: true,
    tool_choice: true,
    tools: true,
    top_logprobs: true,
    top_p: true,
    user: true,
    verbosity: true,
    web_search_options: true,
  };
  expect(Object.keys(REQUEST_FIELDS).sort()).toEqual(Object.keys(official).sort());
});
