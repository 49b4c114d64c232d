import { describe, expect, it } from 'vitest';
import { ENDED, envelope, jobObject, podObject, STARTED, terminated, USAGE, viewOf } from './cluster-objects.test.js';
import { observeTask } from './observe.js';

const big = (bytes: number) => envelope({ text: 'x'.repeat(bytes) });

describe('the answer', () => {
  const answer = (message: string) => {
    const seen = observeTask(viewOf(jobObject(), [podObject({ status: terminated(0, message) })]));
    return seen.state === 'succeeded' ? seen.result : seen;
  };

  it('is inline when the envelope holds it', () => {
    expect(answer(envelope())).toEqual({ finishReason: 'stop', content: { from: 'inline', text: 'Hello' } });
  });

  it('may be empty', () => {
    expect(answer(envelope({ text: '' }))).toMatchObject({ content: { from: 'inline', text: '' } });
  });

  it('is in the log of that attempt when it does not fit, with length and digest to check it by', () => {
    expect(answer(big(4000))).toMatchObject({
      content: {
        from: 'pod-log',
        pod: 'hello-1',
        container: 'agent',
        attempt: 'attempt-1',
        bytes: 4000,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
  });

  it('brings its tool calls, or says how many the log must hold', () => {
    const call = (size: number) => ({
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'f', arguments: 'x'.repeat(size) },
    });
    const calling = (size: number) => envelope({ text: '', finishReason: 'tool_calls', toolCalls: [call(size)] });
    expect(answer(calling(10))).toEqual({
      finishReason: 'tool_calls',
      toolCalls: [call(10)],
      content: { from: 'inline', text: '' },
    });
    expect(answer(calling(5000))).toMatchObject({ content: { from: 'pod-log', bytes: 0, toolCalls: 1 } });
  });

  it('carries times, usage and exit code of the attempt that gave it', () => {
    const first = podObject({ status: terminated(1) });
    const answered = podObject({ status: terminated(0, envelope()) }, 2);
    expect(
      observeTask(viewOf(jobObject({ failed: 1 }), [answered, first], { spec: { retry: { limit: 1 } } })),
    ).toMatchObject({
      startedAt: STARTED,
      completedAt: ENDED,
      attempts: 2,
      exitCode: 0,
      usage: USAGE,
    });
  });
});
