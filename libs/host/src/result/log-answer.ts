import type { KubeClient } from '@sympozium/kube';
import type { Clock } from '@sympozium/process';
import type { ObservedResult } from '@sympozium/plugin-sdk';
import { FrameLines, sha256Hex } from '@sympozium/run-protocol';

export type LogContent = Extract<ObservedResult['content'], { from: 'pod-log' }>;

/** A kubelet rotates a container's log at 10 MiB by default, and gives the current file only. */
const LIMIT_BYTES = 32 * 1024 * 1024;
const READ_TIMEOUT_MS = 10_000;

/**
 * The answer that an attempt wrote to its log, if a result frame there has the promised length and digest.
 * Rejects when the log cannot be read.
 */
export async function readLogAnswer(
  { client, clock }: { readonly client: KubeClient; readonly clock: Clock },
  namespace: string,
  content: LogContent,
): Promise<Uint8Array | undefined> {
  const timeout = new AbortController();
  const timer = clock.after(READ_TIMEOUT_MS, () => timeout.abort(new Error(`the log was silent for too long`)));
  try {
    const options = { container: content.container, limitBytes: LIMIT_BYTES, signal: timeout.signal };
    return await findAnswer(await client.logs({ namespace, name: content.pod }, options), content);
  } finally {
    timer.cancel();
  }
}

async function findAnswer(log: AsyncIterable<Uint8Array>, content: LogContent): Promise<Uint8Array | undefined> {
  const lines = new FrameLines();
  for await (const chunk of log) {
    const answer = answerIn(lines.push(chunk), content);
    if (answer) return answer;
  }
  return answerIn(lines.end(), content);
}

function answerIn(
  frames: ReturnType<FrameLines['end']>,
  { attempt, bytes, sha256 }: LogContent,
): Uint8Array | undefined {
  for (const frame of frames) {
    if (frame.type !== 'result' || frame.attempt !== attempt) continue;
    const answer = new TextEncoder().encode(frame.text);
    if (answer.length === bytes && sha256Hex(answer) === sha256) return answer;
  }
  return undefined;
}
