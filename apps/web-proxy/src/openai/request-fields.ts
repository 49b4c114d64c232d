import type { Generation } from '@sympozium/api';
import { HttpError } from './errors.js';

/**
 * What becomes of a field of a chat-completion request:
 * - `honoured`: the proxy itself acts on it;
 * - `passed on`: the agent's model gets it, under `generation` or as the conversation;
 * - `ignored`: leaving it out changes no answer;
 * - `refused`: it cannot be honoured, unless its value asks for nothing.
 */
export type FieldRule =
  | { readonly treatment: 'honoured' }
  | { readonly treatment: 'passed on'; readonly as?: keyof Generation }
  | { readonly treatment: 'ignored' }
  | { readonly treatment: 'refused'; readonly unless: (value: unknown) => boolean };

const honoured: FieldRule = { treatment: 'honoured' };
const ignored: FieldRule = { treatment: 'ignored' };
const passedOn = (as?: keyof Generation): FieldRule => ({ treatment: 'passed on', ...(as && { as }) });
const refusedUnless = (unless: (value: unknown) => boolean): FieldRule => ({ treatment: 'refused', unless });

const never = (): boolean => false;
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
const isTextOnly = (value: unknown): boolean => Array.isArray(value) && value.every((form) => form === 'text');

/** Every field of OpenAI's request, https://platform.openai.com/docs/api-reference/chat/create. */
export const REQUEST_FIELDS: Readonly<Record<string, FieldRule>> = {
  model: honoured,
  stream: honoured,
  stream_options: honoured,
  messages: passedOn(),
  tools: passedOn(),
  tool_choice: passedOn(),
  temperature: passedOn('temperature'),
  top_p: passedOn('topP'),
  max_tokens: passedOn('maxTokens'),
  max_completion_tokens: passedOn('maxCompletionTokens'),
  stop: passedOn('stop'),
  seed: passedOn('seed'),
  presence_penalty: passedOn('presencePenalty'),
  frequency_penalty: passedOn('frequencyPenalty'),
  logit_bias: passedOn('logitBias'),
  response_format: passedOn('responseFormat'),
  reasoning_effort: passedOn('reasoningEffort'),
  verbosity: passedOn('verbosity'),
  parallel_tool_calls: passedOn('parallelToolCalls'),
  metadata: ignored,
  prediction: ignored,
  prompt_cache_key: ignored,
  prompt_cache_options: ignored,
  prompt_cache_retention: ignored,
  safety_identifier: ignored,
  service_tier: ignored,
  store: ignored,
  user: ignored,
  n: refusedUnless((value) => value === 1),
  logprobs: refusedUnless((value) => value === false),
  top_logprobs: refusedUnless((value) => value === 0),
  modalities: refusedUnless(isTextOnly),
  audio: refusedUnless(never),
  moderation: refusedUnless(never),
  functions: refusedUnless(isEmptyList),
  function_call: refusedUnless((value) => value === 'none'),
  web_search_options: refusedUnless(never),
};

/** Throws `unsupported_parameter` for the first field that cannot be honoured. A field that is null asks for nothing. */
export function refuseUnsupported(body: object): void {
  for (const [field, value] of Object.entries(body)) {
    if (value === null) continue;
    const rule = Object.hasOwn(REQUEST_FIELDS, field) ? REQUEST_FIELDS[field] : undefined;
    if (rule && (rule.treatment !== 'refused' || rule.unless(value))) continue;
    const name = field.slice(0, 100);
    const message = rule ? `${name} is not supported with this value` : `${name} is not a field of chat completions`;
    throw new HttpError('unsupported_parameter', `${message}. Leave it out.`, { param: name });
  }
}
