import { z } from 'zod';
import { anyObject, boundedMap, cel } from './schema.js';

/** Text that the whole of an object may carry; the server's own limit for a request is 3 MiB. */
export const MAX_TEXT = 1_048_576;

/**
 * One part of a message, in OpenAI's own form (`text`, `image_url`, `input_audio`, `file`, `refusal`);
 * fields this schema does not name pass through untouched.
 * Source: https://platform.openai.com/docs/api-reference/chat/create, `messages[].content[]`.
 */
export const contentPart = z.looseObject({
  type: z.string().min(1).max(64).describe('text, image_url, input_audio, file or refusal.'),
  text: z.string().max(MAX_TEXT).optional().describe('The text, when type is text.'),
});

/** A call of one of the caller's own functions, as the model wrote it: `arguments` is a string and never re-encoded. */
export const toolCall = z.looseObject({
  id: z.string().max(256).describe('Ties the call to the message with its result.'),
  type: z.literal('function').describe('Always function.'),
  function: z
    .looseObject({
      name: z.string().max(256).describe('Name of the function.'),
      arguments: z.string().max(MAX_TEXT).describe('The arguments as the model wrote them, usually JSON.'),
    })
    .describe('What is called.'),
});

/**
 * One turn of the conversation, in OpenAI's own names so that every turn reaches the model as it was sent.
 * `content` is always a list; `contentForm` remembers that the caller wrote one string, or `null`.
 */
export const message = z
  .looseObject({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']).describe('Whose turn it is.'),
    content: z.array(contentPart).max(4096).optional().describe('What is said, in parts.'),
    contentForm: z
      .enum(['string', 'null'])
      .optional()
      .describe('Set by the doors: the caller wrote content as one string, or as null, and the model gets it so.'),
    name: z.string().max(256).optional().describe('Tells speakers of the same role apart.'),
    tool_calls: z.array(toolCall).max(256).optional().describe('Calls that the assistant made.'),
    tool_call_id: z.string().max(256).optional().describe('The call whose result a tool message is.'),
  })
  .meta(
    cel(
      {
        rule: "self.role != 'tool' || has(self.tool_call_id)",
        message: 'a message of role tool needs tool_call_id, the id of the call that it answers',
        reason: 'FieldValueRequired',
        fieldPath: '.tool_call_id',
      },
      {
        rule: "self.role == 'assistant' || has(self.content)",
        message: 'give content; only a message of role assistant may go without',
        reason: 'FieldValueRequired',
        fieldPath: '.content',
      },
      {
        rule:
          "!has(self.contentForm) || (self.contentForm == 'null' ? !has(self.content) : " +
          'has(self.content) && self.content.size() == 1 && has(self.content[0].text))',
        message:
          'contentForm string goes with exactly one text part, contentForm null with no content; or leave it out',
        fieldPath: '.contentForm',
      },
    ),
  );

/** A function the caller offers; the run ends with `tool_calls` when the model wants it. */
export const tool = z.looseObject({
  type: z.literal('function').describe('Always function.'),
  function: z
    .looseObject({
      name: z.string().min(1).max(64).describe('Name by which the model calls it.'),
      description: z.string().max(65_536).optional().describe('Tells the model when and how to call it.'),
      parameters: anyObject.optional().describe('JSON Schema of the arguments.'),
      strict: z.boolean().nullable().optional().describe('Whether the model must keep to the schema exactly.'),
    })
    .describe('What may be called.'),
});

/** How the model may use the tools: `none`, `auto`, `required`, or one function by name. */
export const toolChoice = z
  .object({
    mode: z.enum(['none', 'auto', 'required', 'function']).describe('function: the one that name says.'),
    name: z.string().min(1).max(64).optional().describe('The function, when mode is function.'),
  })
  .meta(
    cel({
      rule: "(self.mode == 'function') == has(self.name)",
      message: 'give name with mode function, and only with it',
      fieldPath: '.name',
    }),
  );

/** Sampling and output parameters; absent ones are left to the model. Meaning and ranges are OpenAI's. */
export const generation = z.object({
  temperature: z.number().min(0).max(2).optional().describe('Higher is more varied.'),
  topP: z.number().min(0).max(1).optional().describe('Only the likeliest tokens of this share are considered.'),
  maxTokens: z.int32().min(1).optional().describe('`max_tokens`, the older name many servers know.'),
  maxCompletionTokens: z.int32().min(1).optional().describe('Most tokens of the answer, thinking included.'),
  stop: z.array(z.string().max(1024)).max(16).optional().describe('Texts at which the answer ends.'),
  seed: z.int().optional().describe('The same seed asks for the same answer.'),
  presencePenalty: z.number().min(-2).max(2).optional().describe('Above 0 favours new subjects.'),
  frequencyPenalty: z.number().min(-2).max(2).optional().describe('Above 0 avoids repetition.'),
  logitBias: boundedMap(32, z.number(), 1024).optional().describe('Token ids made likelier or less likely.'),
  responseFormat: anyObject.optional().describe('`response_format` as it came, such as a JSON schema.'),
  reasoningEffort: z.string().max(32).optional().describe('How long the model thinks, e.g. low.'),
  verbosity: z.string().max(32).optional().describe('How long the answer is, e.g. low.'),
  parallelToolCalls: z.boolean().optional().describe('Whether several tools may be called at once.'),
});

export type ContentPart = z.infer<typeof contentPart>;
export type ToolCall = z.infer<typeof toolCall>;
export type Message = z.infer<typeof message>;
export type Tool = z.infer<typeof tool>;
export type ToolChoice = z.infer<typeof toolChoice>;
export type Generation = z.infer<typeof generation>;
