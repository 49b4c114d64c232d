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
  readonly usage?: Usage;
  readonly error?: ResultError;
}
