import type { ErrorCode, ToolCall, Usage } from '@sympozium/api';

/** The whole answer of a run that ended well. */
export interface RunAnswer {
  readonly text: string;
  /** stop, length, tool_calls or content_filter. */
  readonly finishReason: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage?: Usage;
}

/** How waiting for a run ended. */
export type RunOutcome =
  | { readonly succeeded: true; readonly answer: RunAnswer }
  | {
      readonly succeeded: false;
      readonly reason: ErrorCode;
      /** What happened and what to do next, for the caller. */
      readonly message: string;
      /** The waiter gave up; the run itself goes on until somebody cancels it. */
      readonly unfinished?: true;
    };

/** A piece of a call of one of the caller's own functions, as in OpenAI's `delta.tool_calls`. */
export interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: string;
}

/** What a waiter is told of its run, in order; `ended` comes once and last. */
export type RunUpdate =
  | { readonly type: 'started' }
  | { readonly type: 'delta'; readonly text: string }
  | ({ readonly type: 'tool_call_delta' } & ToolCallDelta)
  /** Something keeps the run from starting. */
  | { readonly type: 'waiting'; readonly reason: ErrorCode; readonly message: string }
  | { readonly type: 'ended'; readonly outcome: RunOutcome };
