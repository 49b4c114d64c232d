import type { Generation, Message, ToolChoice } from '@sympozium/api';
import type { RunInput } from '@sympozium/run-protocol';

/** OpenAI's names of generation parameters; those of one word are the same. */
const NAMES: Readonly<Partial<Record<keyof Generation, string>>> = {
  topP: 'top_p',
  maxTokens: 'max_tokens',
  maxCompletionTokens: 'max_completion_tokens',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logitBias: 'logit_bias',
  responseFormat: 'response_format',
  reasoningEffort: 'reasoning_effort',
  parallelToolCalls: 'parallel_tool_calls',
};

/** The body of a streaming chat completion: what the caller sent, in the form in which he sent it. */
export function openaiRequest(input: RunInput): Record<string, unknown> {
  const { model, messages, generation = {}, tools, toolChoice } = input;
  const instructions = instructionsOf(input);
  return {
    ...renamed(generation),
    model: model.name,
    messages: [...(instructions === '' ? [] : [{ role: 'system', content: instructions }]), ...messages.map(original)],
    ...(tools && { tools }),
    ...(toolChoice && { tool_choice: choice(toolChoice) }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

const renamed = (generation: Generation): Record<string, unknown> =>
  Object.fromEntries(Object.entries(generation).map(([key, value]) => [NAMES[key as keyof Generation] ?? key, value]));

/** The system prompt, then each skill under its name. */
const instructionsOf = ({ systemPrompt = '', skills = [] }: RunInput): string =>
  [systemPrompt, ...skills.map((skill) => `# ${skill.name}\n\n${skill.description}\n\n${skill.content}`)]
    .filter((text) => text !== '')
    .join('\n\n');

/** A message as the caller wrote it: `content` as the string, or the null, that it was. */
function original({ contentForm, ...message }: Message): Record<string, unknown> {
  if (contentForm === 'null') return { ...message, content: null };
  if (contentForm === 'string')
    return { ...message, content: (message.content ?? []).map((part) => part.text ?? '').join('') };
  return message;
}

const choice = ({ mode, name }: ToolChoice): unknown =>
  mode === 'function' ? { type: 'function', function: { name } } : mode;
