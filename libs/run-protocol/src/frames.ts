import type { Json, ToolCall, Usage } from '@sympozium/api';

/** Version of the agent protocol that this codec speaks (docs/agent-protocol.md). */
export const PROTOCOL_VERSION = 1;

interface FrameBase {
  readonly v: number;
  /** The Pod's uid: frames of another attempt are another answer. */
  readonly attempt: string;
  /** 0, 1, 2 … within one attempt. */
  readonly seq: number;
}

/** What an agent says, one JSON object a line. */
export type Frame = FrameBase & FrameBody;

export type FrameBody =
  | { readonly type: 'started' }
  | { readonly type: 'heartbeat' }
  /** A piece of the answer, as the model sent it. */
  | { readonly type: 'delta'; readonly text: string }
  /** Progress of the agent's own tools, for people. */
  | {
      readonly type: 'tool';
      readonly name: string;
      readonly state: 'called' | 'done' | 'failed';
      readonly detail?: Json;
    }
  /** A piece of a call of one of the caller's functions, as in OpenAI's `delta.tool_calls`. */
  | {
      readonly type: 'tool_call_delta';
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    }
  | { readonly type: 'usage'; readonly usage: Usage }
  | ResultBody;

/** The last frame of an attempt. */
export type ResultBody = {
  readonly type: 'result';
  readonly status: ResultStatus;
  /** The whole answer; on `error` what was said before it. */
  readonly text: string;
  readonly finishReason: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly usage?: Usage;
  readonly error?: ResultError;
};

export type ResultStatus = 'ok' | 'error' | 'cancelled';

/** Why an agent failed; `code` is `ModelError`, `ModelAuthFailed`, `AgentFailed` or the agent's own word. */
export interface ResultError {
  readonly code: string;
  /** One sentence for the caller. */
  readonly message: string;
}
