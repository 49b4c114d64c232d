import type { Usage } from '@sympozium/api';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { ProviderEvent } from './provider.js';

type Delta = ChatCompletionChunk.Choice.Delta;
type Call = ChatCompletionChunk.Choice.Delta.ToolCall;

/** What one chunk of the stream says. A refusal is what the caller reads, so it is text. */
export function* eventsOf({ choices, usage }: ChatCompletionChunk): Generator<ProviderEvent> {
  // Compatible servers leave out what OpenAI's types promise.
  const choice = (choices as readonly Partial<ChatCompletionChunk.Choice>[] | undefined)?.[0];
  if (choice?.delta) yield* deltas(choice.delta);
  if (choice?.finish_reason) yield { type: 'finish', reason: choice.finish_reason };
  const counted = usage && usageOf(usage);
  if (counted) yield { type: 'usage', usage: counted };
}

function* deltas({ content, refusal, tool_calls }: Delta): Generator<ProviderEvent> {
  for (const text of [content, refusal]) if (text) yield { type: 'delta', text };
  for (const [position, call] of (tool_calls ?? []).entries()) yield toolCallDelta(call, position);
}

function toolCallDelta({ index, id, function: called }: Call, position: number): ProviderEvent {
  return {
    type: 'tool_call_delta',
    index: Number.isInteger(index) ? index : position,
    ...(id && { id }),
    ...(called?.name && { name: called.name }),
    ...(called?.arguments && { arguments: called.arguments }),
  };
}

/** The counts, if they are counts: an answer is not lost for a server that cannot count. */
function usageOf({
  prompt_tokens,
  completion_tokens,
  total_tokens,
}: ChatCompletionChunk['usage'] & object): Usage | undefined {
  const counts = { inputTokens: prompt_tokens, outputTokens: completion_tokens, totalTokens: total_tokens };
  return Object.values(counts).every((count) => Number.isSafeInteger(count) && count >= 0) ? counts : undefined;
}
