import type { ToolCall, Usage } from '@sympozium/api';
import type { ResultError, ResultStatus } from './frames.js';

/** The termination message: the durable word of how an attempt ended. */
export interface Envelope {
  readonly v: number;
  readonly status: ResultStatus;
  readonly finishReason: string;
  /** Length of the answer in bytes of UTF-8. */
  readonly bytes: number;
  /** SHA-256 of those bytes, lower-case hex. */
  readonly sha256: string;
  /** The answer itself when it fits; else it is read from the Pod's log. */
  readonly text?: string;
  readonly toolCalls?: readonly ToolCall[];
  /** How many tool calls did not fit: they, and the text, are in the log's `result` frame. */
  readonly toolCallsInLog?: number;
  readonly usage?: Usage;
  readonly error?: ResultError;
}

/** Room that every envelope needs at least; no container gets less. */
export const MIN_ENVELOPE_BYTES = 320;
