import type { Usage } from '@sympozium/api';
import type { ToolCallDelta } from '@sympozium/run-client';
import {
  completionUsage,
  finishReason,
  type AnswerHead,
  type CompletionUsage,
  type FinishReason,
} from './completion.js';

interface ChunkDelta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly refusal?: null;
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly type?: 'function';
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

export interface ChatCompletionChunk extends AnswerHead {
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly {
    readonly index: 0;
    readonly delta: ChunkDelta;
    readonly logprobs: null;
    readonly finish_reason: FinishReason | null;
  }[];
  /** With `include_usage`: null on all but the last chunk. */
  readonly usage?: CompletionUsage | null;
}

/** Makes the chunks of one streamed answer. */
export class Chunks {
  readonly #head: AnswerHead;
  readonly #includeUsage: boolean;

  constructor(head: AnswerHead, includeUsage: boolean) {
    this.#head = head;
    this.#includeUsage = includeUsage;
  }

  /** The first chunk. */
  role(): ChatCompletionChunk {
    return this.#chunk({ role: 'assistant', content: '', refusal: null });
  }

  text(content: string): ChatCompletionChunk {
    return this.#chunk({ content });
  }

  toolCall({ index, id, name, arguments: args }: ToolCallDelta): ChatCompletionChunk {
    const call = { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) };
    return this.#chunk({
      tool_calls: [{ index, ...(id !== undefined && { id, type: 'function' as const }), function: call }],
    });
  }

  finish(reason: string): ChatCompletionChunk {
    return this.#chunk({}, finishReason(reason));
  }

  /** The last chunk, when it was asked for and the agent counted. */
  usage(usage: Usage | undefined): readonly ChatCompletionChunk[] {
    if (!this.#includeUsage || !usage) return [];
    return [{ ...this.#head, object: 'chat.completion.chunk', choices: [], usage: completionUsage(usage) }];
  }

  #chunk(delta: ChunkDelta, reason: FinishReason | null = null): ChatCompletionChunk {
    return {
      ...this.#head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      ...(this.#includeUsage && { usage: null }),
    };
  }
}
