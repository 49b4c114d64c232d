import type { ToolCall } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import type { Clock } from '@sympozium/process';
import type { ObservedResult } from '@sympozium/plugin-sdk';
import { FrameLines, sha256Hex, type Frame } from '@sympozium/run-protocol';

export type LogContent = Extract<ObservedResult['content'], { from: 'pod-log' }>;

/** A kubelet rotates a container's log at 10 MiB by default, and gives the current file only. */
const LIMIT_BYTES = 32 * 1024 * 1024;
const READ_TIMEOUT_MS = 10_000;

/** An answer and the tool calls that came with it. */
export interface LogAnswer {
  readonly bytes: Uint8Array;
  readonly toolCalls?: readonly ToolCall[];
}

/**
 * What an attempt wrote to its log, if a result frame there has the promised length, digest and number of tool calls.
 * Rejects when the log cannot be read.
 */
export async function readLogAnswer(
  { client, clock }: { readonly client: KubeClient; readonly clock: Clock },
  namespace: string,
  content: LogContent,
): Promise<LogAnswer | undefined> {
  const timeout = new AbortController();
  const timer = clock.after(READ_TIMEOUT_MS, () => timeout.abort(new Error('the log was silent for too long')));
  try {
    const options = { container: content.container, limitBytes: LIMIT_BYTES, signal: timeout.signal };
    return await findAnswer(await client.logs({ namespace, name: content.pod }, options), content);
  } finally {
    timer.cancel();
  }
}

async function findAnswer(log: AsyncIterable<Uint8Array>, content: LogContent): Promise<LogAnswer | undefined> {
  const lines = new FrameLines();
  for await (const chunk of log) {
    const answer = answerIn(lines.push(chunk), content);
    if (answer) return answer;
  }
  return answerIn(lines.end(), content);
}

function answerIn(frames: readonly Frame[], content: LogContent): LogAnswer | undefined {
  for (const frame of frames) {
    if (frame.type !== 'result' || frame.attempt !== content.attempt) continue;
    const bytes = new TextEncoder().encode(frame.text);
    if (!isPromised(bytes, frame.toolCalls ?? [], content)) continue;
    return { bytes, ...(content.toolCalls !== undefined && frame.toolCalls && { toolCalls: frame.toolCalls }) };
  }
  return undefined;
}

const isPromised = (
  answer: Uint8Array,
  calls: readonly ToolCall[],
  { bytes, sha256, toolCalls }: LogContent,
): boolean =>
  answer.length === bytes && sha256Hex(answer) === sha256 && (toolCalls === undefined || calls.length === toolCalls);
