import { z } from 'zod';
import { anyObject } from './schema.js';

/** Text that the whole of an object may carry; the server's own limit for a request is 3 MiB. */
export const MAX_TEXT = 1_048_576;

/**
 * One part of a message, in OpenAI's own form (`text`, `image_url`, `input_audio`, `file`, `refusal`);
 * fields this schema does not name pass through untouched.
 * Source: https://platform.openai.com/docs/api-reference/chat/create, `messages[].content[]`.
 */
export const contentPart = z.looseObject({
  type: z.string().min(1).max(64).describe('text, image_url, input_audio, file or refusal.'),
  text: z.string().max(MAX_TEXT).optional(),
});

/** A call of one of the caller's own functions, as the model wrote it: `arguments` is a string and never re-encoded. */
export const toolCall = z.looseObject({
  id: z.string().max(256),
  type: z.literal('function'),
  function: z.looseObject({ name: z.string().max(256), arguments: z.string().max(MAX_TEXT) }),
});

/**
 * One turn of the conversation, in OpenAI's own names so that every turn reaches the model as it was sent.
 * `content` is always a list; `contentForm` remembers that the caller wrote one string, or `null`.
 */
export const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.array(contentPart).max(4096).optional(),
  contentForm: z
    .enum(['string', 'null'])
    .optional()
    .describe('Set by the doors: the caller wrote content as one string, or as null, and the model gets it so.'),
  name: z.string().max(256).optional(),
  tool_calls: z.array(toolCall).max(256).optional(),
  tool_call_id: z.string().max(256).optional(),
});

/** A function the caller offers; the run ends with `tool_calls` when the model wants it. */
export const tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().min(1).max(64),
    description: z.string().max(65_536).optional(),
    parameters: anyObject.optional().describe('JSON Schema of the arguments.'),
    strict: z.boolean().nullable().optional(),
  }),
});

/** How the model may use the tools: `none`, `auto`, `required`, or one function by name. */
export const toolChoice = z.object({
  mode: z.enum(['none', 'auto', 'required', 'function']),
  name: z.string().max(64).optional().describe('The function, when mode is function.'),
});

/** Sampling and output parameters; absent ones are left to the model. Meaning and ranges are OpenAI's. */
export const generation = z.object({
  temperature: z.number().min(0).max(2).optional(),
  topP: z.number().min(0).max(1).optional(),
  maxTokens: z.int32().min(1).optional().describe('`max_tokens`, the older name many servers know.'),
  maxCompletionTokens: z.int32().min(1).optional(),
  stop: z.array(z.string().max(1024)).max(16).optional(),
  seed: z.int().optional(),
  presencePenalty: z.number().min(-2).max(2).optional(),
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  logitBias: z.record(z.string().max(32), z.number()).optional(),
  responseFormat: anyObject.optional(),
  reasoningEffort: z.string().max(32).optional(),
  verbosity: z.string().max(32).optional(),
  parallelToolCalls: z.boolean().optional(),
});

export type ContentPart = z.infer<typeof contentPart>;
export type ToolCall = z.infer<typeof toolCall>;
export type Message = z.infer<typeof message>;
export type Tool = z.infer<typeof tool>;
export type ToolChoice = z.infer<typeof toolChoice>;
export type Generation = z.infer<typeof generation>;
