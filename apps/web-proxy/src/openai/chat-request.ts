import { contentPart, generation, MAX_TEXT, tool, toolCall } from '@sympozium/api';
import { z } from 'zod';

const part = contentPart.refine(({ type, text }) => type !== 'text' || text !== undefined, {
  path: ['text'],
  message: 'is missing: a part of type text has one',
});

/** One turn as callers write it; fields not named here pass through to the model. */
const chatMessage = z
  .looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
    content: z.union([z.string().max(MAX_TEXT), z.array(part).max(4096)]).nullish(),
    name: z.string().max(256).nullish(),
    tool_calls: z.array(toolCall).max(256).nullish(),
    tool_call_id: z.string().max(256).nullish(),
    contentForm: z.never('is not a field of a message: leave it out').optional(),
  })
  .refine(({ role, content }) => role === 'assistant' || (content !== undefined && content !== null), {
    path: ['content'],
    message: 'must not be missing: only an assistant may say nothing',
  })
  .refine(({ role, tool_call_id: id }) => role !== 'tool' || typeof id === 'string', {
    path: ['tool_call_id'],
    message: 'is missing: it must be the id of the call',
  });

const namedTool = z.object({
  type: z.literal('function'),
  function: z.looseObject({ name: z.string().min(1).max(64) }),
});

const { shape } = generation;

/** The fields that the proxy reads; `request-fields.ts` says what becomes of each. */
export const chatRequest = z.object({
  model: z.string().min(1).max(256),
  messages: z.array(chatMessage).min(1).max(4096),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z.union([z.enum(['none', 'auto', 'required']), namedTool]).nullish(),
  temperature: shape.temperature.nullish(),
  top_p: shape.topP.nullish(),
  max_tokens: shape.maxTokens.nullish(),
  max_completion_tokens: shape.maxCompletionTokens.nullish(),
  stop: z.union([z.string().max(1024), z.array(z.string().max(1024)).max(16)]).nullish(),
  seed: shape.seed.nullish(),
  presence_penalty: shape.presencePenalty.nullish(),
  frequency_penalty: shape.frequencyPenalty.nullish(),
  logit_bias: shape.logitBias.nullish(),
  response_format: z.looseObject({ type: z.enum(['text', 'json_object', 'json_schema']) }).nullish(),
  reasoning_effort: shape.reasoningEffort.nullish(),
  verbosity: shape.verbosity.nullish(),
  parallel_tool_calls: shape.parallelToolCalls.nullish(),
});

export type ChatMessage = z.output<typeof chatMessage>;
export type ChatRequest = z.output<typeof chatRequest>;
