import { defined, POD as NAMES, type Failure } from '@sympozium/api';
import type { Observation, ObservedResult, ObservedWork } from '@sympozium/plugin-sdk';
import type { Envelope } from '@sympozium/run-protocol';
import type { Attempt } from './attempt.js';
import { startOf, type Facts } from './facts.js';
import { countedPods } from './job-state.js';

type Failed = Extract<Observation, { readonly state: 'failed' }>;

/** A run that failed; `attempt` is the one that decided. */
export const failed = (facts: Facts, why: Failure, attempt = facts.last): Failed => ({
  state: 'failed',
  ...why,
  ...work(facts, attempt),
});

/** The same, where the verdict rests on an object not being there. */
export const failedUnseen = (facts: Facts, why: Failure): Failed => ({ ...failed(facts, why), fromAbsence: true });

/** Facts for status; `attempt` is the one that decided, if any did. */
export function work(facts: Facts, attempt?: Attempt): ObservedWork {
  const count = Math.max(facts.attempts.length, countedPods(facts.job));
  return defined({
    startedAt: startOf(facts),
    completedAt: attempt?.end?.finishedAt,
    attempts: count > 0 ? count : undefined,
    exitCode: attempt?.end?.exitCode,
    usage: attempt?.end?.envelope?.usage,
  });
}

/** The answer, from the envelope or, when it did not fit there, from the log's result frame. */
export function resultOf({ pod }: Attempt, envelope: Envelope): ObservedResult {
  const { finishReason, toolCalls, toolCallsInLog } = envelope;
  const text = envelope.bytes === 0 ? '' : envelope.text;
  const content: ObservedResult['content'] =
    text !== undefined && toolCallsInLog === undefined
      ? { from: 'inline', text }
      : defined({
          from: 'pod-log' as const,
          pod: pod.metadata.name,
          container: NAMES.agentContainer,
          attempt: pod.metadata.uid ?? '',
          bytes: envelope.bytes,
          sha256: envelope.sha256,
          toolCalls: toolCallsInLog,
        });
  return defined({ finishReason, toolCalls, content });
}
