import { agentRunSpec } from '@sympozium/api';
import { expect, it } from 'vitest';
import { toRun } from './to-run.js';

const messages = [{ role: 'user', content: 'Hi' }];
const weather = {
  type: 'object',
  properties: { city: { type: 'string', description: 'City' } },
  required: ['city'],
  additionalProperties: false,
  $schema: 'http://json-schema.org/draft-07/schema#',
};
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } };

/** What common clients send by default, each in its own form. */
const BODIES: Readonly<Record<string, object>> = {
  'openai-node, stream helper': { model: 'demo', messages, stream: true },
  'openai-node, tool runner': {
    model: 'demo',
    messages: [
      ...messages,
      { role: 'assistant', content: null, refusal: null, annotations: [], tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '{"c":4}' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', parameters: weather, strict: true } }],
    tool_choice: 'auto',
    stream: false,
  },
  'openai-python, parse()': {
    model: 'demo',
    messages: [{ role: 'developer', content: 'Be brief.' }, ...messages],
    response_format: { type: 'json_schema', json_schema: { name: 'Answer', schema: weather, strict: true } },
  },
  'LangChain, ChatOpenAI (Python)': {
    model: 'demo',
    messages: [
      { role: 'system', content: 'You help.' },
      { content: 'Hi', role: 'user' },
    ],
    n: 1,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.7,
  },
  'LangChain.js, ChatOpenAI with tools': {
    model: 'demo',
    temperature: 0,
    top_p: 1,
    frequency_penalty: 0,
    presence_penalty: 0,
    n: 1,
    stream: false,
    tools: [{ type: 'function', function: { name: 'weather', description: 'Weather', parameters: weather } }],
    parallel_tool_calls: true,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  },
  'Vercel AI SDK, streamText': {
    model: 'demo',
    messages: [
      { role: 'system', content: 'You help.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: '"4 degrees"' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', description: 'Weather', parameters: weather } }],
    tool_choice: 'auto',
    stream: true,
    stream_options: { include_usage: true },
  },
  'LiteLLM, all its optional fields': {
    model: 'demo',
    messages,
    functions: [],
    function_call: null,
    logprobs: null,
    max_tokens: 256,
    extra_body: null,
    user: 'someone',
    stream: true,
    stream_options: { include_usage: true },
    metadata: { requester: 'litellm' },
  },
  'Open WebUI': {
    stream: true,
    model: 'demo',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ],
    stream_options: { include_usage: true },
    max_tokens: 1000,
    stop: ['###'],
    seed: 42,
  },
  LlamaIndex: {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    model: 'demo',
    stream: false,
    temperature: 0.1,
    max_completion_tokens: null,
    reasoning_effort: null,
  },
};

it.each(Object.entries(BODIES))('%s: the body is taken, and every turn of it', (_, body) => {
  const { model, spec } = toRun(structuredClone(body));
  expect(model).toBe('demo');
  expect(spec.messages).toHaveLength((body as { messages: unknown[] }).messages.length);
  agentRunSpec.parse({ ...spec, instanceRef: { name: 'demo' } });
});
