import type { ToolCall, Usage } from '@sympozium/api';
import type { RunAnswer } from '@sympozium/run-client';

/** What is the same on everything that one answer consists of. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
}

export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export interface ChatCompletion extends AnswerHead {
  readonly object: 'chat.completion';
  readonly choices: readonly {
    readonly index: 0;
    readonly message: {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly refusal: null;
      readonly tool_calls?: readonly ToolCall[];
    };
    readonly logprobs: null;
    readonly finish_reason: FinishReason;
  }[];
  /** Absent when the agent did not count. */
  readonly usage?: CompletionUsage;
}

const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'content_filter'] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];

/** The run's finish reason in OpenAI's words; an agent's own word counts as a plain end. */
export const finishReason = (reason: string): FinishReason =>
  FINISH_REASONS.find((known) => known === reason) ?? 'stop';

export const completionUsage = ({ inputTokens, outputTokens, totalTokens }: Usage): CompletionUsage => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: totalTokens,
});

/** The whole answer at once. */
export function completion(head: AnswerHead, answer: RunAnswer): ChatCompletion {
  const { text, toolCalls, usage } = answer;
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && toolCalls.length > 0 ? null : text,
          refusal: null,
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
        },
        logprobs: null,
        finish_reason: finishReason(answer.finishReason),
      },
    ],
    ...(usage && { usage: completionUsage(usage) }),
  };
}
