import type { ToolCall } from '@sympozium/api';
import { PROTOCOL_VERSION, type Frame, type FrameBody } from '@sympozium/run-protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerMachine } from './answer-machine.js';
import type { RunAnswer, RunUpdate } from './run-update.js';

const frame = (seq: number, body: FrameBody, attempt = 'a'): Frame => ({ v: PROTOCOL_VERSION, attempt, seq, ...body });
const delta = (seq: number, text: string, attempt?: string) => frame(seq, { type: 'delta', text }, attempt);
const ok = (seq: number, text: string, attempt?: string) =>
  frame(seq, { type: 'result', status: 'ok', text, finishReason: 'stop' }, attempt);
const broken = (seq: number, attempt?: string) =>
  frame(
    seq,
    {
      type: 'result',
      status: 'error',
      text: '',
      finishReason: 'error',
      error: { code: 'ModelError', message: 'the model died' },
    },
    attempt,
  );

const machine = (options: { relay?: boolean; retries?: boolean } = {}) =>
  new AnswerMachine({ relay: options.relay ?? true, retries: options.retries ?? false });

const textOf = (updates: readonly RunUpdate[]) =>
  updates.map((update) => (update.type === 'delta' ? update.text : '')).join('');
const endsOf = (updates: readonly RunUpdate[]) =>
  updates.flatMap((update) => (update.type === 'ended' ? [update.outcome] : []));

/** Puts the pieces of tool calls together as an OpenAI client does. */
function callsOf(updates: readonly RunUpdate[]): ToolCall[] {
  const calls = new Map<number, ToolCall>();
  for (const update of updates) {
    if (update.type !== 'tool_call_delta') continue;
    const call = calls.get(update.index) ?? { id: '', type: 'function', function: { name: '', arguments: '' } };
    calls.set(update.index, call);
    call.id += update.id ?? '';
    call.function.name += update.name ?? '';
    call.function.arguments += update.arguments ?? '';
  }
  return [...calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => call);
}

describe('AnswerMachine', () => {
  /** An answer and the frames of the agent that gives it. */
  const conversation = fc
    .record({
      pieces: fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 8 }),
      calls: fc.array(
        fc.record({
          id: fc.uuid(),
          name: fc.stringMatching(/^[a-z]{1,8}$/),
          args: fc.array(fc.string(), { maxLength: 4 }),
        }),
        { maxLength: 3 },
      ),
    })
    .map(({ pieces, calls }) => {
      const toolCalls: ToolCall[] = calls.map(({ id, name, args }) => ({
        id,
        type: 'function',
        function: { name, arguments: args.join('') },
      }));
      const answer: RunAnswer = { text: pieces.join(''), finishReason: 'stop', toolCalls };
      const bodies: FrameBody[] = [
        { type: 'started' },
        ...pieces.map((text) => ({ type: 'delta' as const, text })),
        { type: 'heartbeat' },
        ...calls.flatMap(({ id, name, args }, index) => [
          { type: 'tool_call_delta' as const, index, id, name },
          ...args.map((piece) => ({ type: 'tool_call_delta' as const, index, arguments: piece })),
        ]),
        { type: 'result', status: 'ok', ...answer },
      ];
      return { answer, frames: bodies.map((body, seq) => frame(seq, body)) };
    });

  it('gives the whole answer once, whatever is lost, repeated or late, and wherever the status comes in', () => {
    const fate = fc.constantFrom('pass', 'lose', 'repeat', 'delay' as const);
    fc.assert(
      fc.property(
        conversation,
        fc.array(fate, { minLength: 40, maxLength: 40 }),
        fc.nat(40),
        fc.nat(40),
        ({ answer, frames }, fates, cut, statusAt) => {
          const sut = machine();
          const updates: RunUpdate[] = [];
          const late: Frame[] = [];
          frames.slice(0, cut).forEach((each, i) => {
            if (i === statusAt) updates.push(...sut.stored(answer));
            const what = fates[i % fates.length];
            if (what === 'delay') late.push(each);
            else if (what !== 'lose') updates.push(...sut.frame(each));
            if (what === 'repeat') updates.push(...sut.frame(each));
            if (what === 'pass') for (const old of late.splice(0)) updates.push(...sut.frame(old));
          });
          updates.push(...sut.stored(answer));
          expect(endsOf(updates)).toEqual([{ succeeded: true, answer }]);
          expect(updates.at(-1)?.type).toBe('ended');
          expect(textOf(updates)).toBe(answer.text);
          expect(callsOf(updates)).toEqual(answer.toolCalls);
        },
      ),
    );
  });

  it('ends with the result frame, without the status', () => {
    const sut = machine();
    const updates = [frame(0, { type: 'started' }), delta(1, 'Hi'), ok(2, 'Hi')].flatMap((each) => sut.frame(each));
    expect(updates.map(({ type }) => type)).toEqual(['started', 'delta', 'ended']);
    expect(sut.stored({ text: 'Hi', finishReason: 'stop', toolCalls: [] })).toEqual([]);
  });

  it('takes what the agent counted when the result itself has no usage', () => {
    const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
    const sut = machine();
    sut.frame(frame(0, { type: 'usage', usage }));
    expect(endsOf(sut.frame(ok(1, 'x')))).toMatchObject([{ answer: { usage } }]);
  });

  it('fails at once with what the agent says, and tells what to do', () => {
    const [outcome] = endsOf(machine().frame(broken(0)));
    expect(outcome).toMatchObject({ succeeded: false, reason: 'ModelError' });
    expect(outcome).toHaveProperty('message', expect.stringMatching(/the model died\. Check the instance’s model/));
  });

  it('leaves an agent’s own error code to AgentFailed', () => {
    const error = { code: 'E_ODD', message: 'odd' };
    const body: FrameBody = { type: 'result', status: 'error', text: '', finishReason: 'error', error };
    expect(endsOf(machine().frame(frame(0, body)))).toMatchObject([
      { reason: 'AgentFailed', message: expect.stringContaining('odd (E_ODD)') },
    ]);
  });

  it('waits for the status after the error of an attempt that may be followed by another', () => {
    const sut = machine({ retries: true });
    expect(endsOf(sut.frame(broken(0)))).toEqual([]);
    const updates = [frame(0, { type: 'started' }, 'b'), delta(1, 'Yes', 'b'), ok(2, 'Yes', 'b')].flatMap((each) =>
      sut.frame(each),
    );
    expect(textOf(updates)).toBe('Yes');
    expect(endsOf(updates)).toMatchObject([{ succeeded: true }]);
  });

  it('waits for the status when the agent was stopped', () => {
    const body: FrameBody = { type: 'result', status: 'cancelled', text: '', finishReason: 'cancelled' };
    expect(endsOf(machine().frame(frame(0, body)))).toEqual([]);
  });

  it('ends with an error instead of doubled text when a second attempt speaks', () => {
    const sut = machine({ retries: true });
    const updates = [delta(0, 'Hel'), delta(0, 'Hel', 'b')].flatMap((each) => sut.frame(each));
    expect(textOf(updates)).toBe('Hel');
    expect(endsOf(updates)).toMatchObject([{ succeeded: false, reason: 'StreamBroken' }]);
  });

  it('ignores the first attempt once the second has spoken', () => {
    const sut = machine({ retries: true });
    sut.frame(frame(0, { type: 'started' }));
    sut.frame(frame(0, { type: 'started' }, 'b'));
    expect(sut.frame(delta(1, 'old'))).toEqual([]);
    expect(textOf(sut.frame(delta(1, 'new', 'b')))).toBe('new');
  });

  it('ends with an error when what is stored does not begin with what was sent', () => {
    const sut = machine();
    sut.frame(delta(0, 'Hello'));
    expect(endsOf(sut.stored({ text: 'Bye', finishReason: 'stop', toolCalls: [] }))).toMatchObject([
      { succeeded: false, reason: 'StreamBroken' },
    ]);
  });

  it('does not mind attempts when only the whole answer is wanted', () => {
    const sut = machine({ relay: false, retries: true });
    const updates = [delta(0, 'Hel'), delta(0, 'Ho', 'b'), ok(1, 'Ho!', 'b')].flatMap((each) => sut.frame(each));
    expect(textOf(updates)).toBe('');
    expect(endsOf(updates)).toMatchObject([{ succeeded: true, answer: { text: 'Ho!' } }]);
  });
});
