import { LIMIT } from '@sympozium/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toValidUtf8 } from '@sympozium/run-protocol';
import { Transcript } from './transcript.js';

const deltas = (pieces: readonly string[]) => {
  const transcript = new Transcript();
  const frames = [
    ...pieces.map((text) => transcript.add({ type: 'delta', text })),
    transcript.add({ type: 'finish', reason: 'stop' }),
  ];
  return {
    result: transcript.result({ status: 'ok' }),
    said: frames.flatMap((f) => (f?.type === 'delta' ? [f.text] : [])),
  };
};

describe('Transcript', () => {
  it('says the same in pieces and in whole, wherever a model cuts its text', () => {
    const unit = fc.constantFrom('a', ' ', 'é', '\ud83d', '\udc0d', '🐍', '');
    fc.assert(
      fc.property(fc.array(fc.string({ unit })), (pieces) => {
        const { result, said } = deltas(pieces);
        expect(result.text).toBe(toValidUtf8(pieces.join('')));
        expect(said.map(toValidUtf8).join('')).toBe(result.text);
      }),
    );
  });

  it('keeps a character whole that a model cut in two', () => {
    expect(deltas(['a\ud83d', '\udc0db']).said).toEqual(['a', '🐍b']);
  });

  it('stops a model at the largest result that is kept, counted in bytes', () => {
    const transcript = new Transcript();
    transcript.add({ type: 'delta', text: 'é'.repeat(LIMIT.result / 2) });
    expect(() => transcript.add({ type: 'tool_call_delta', index: 0, arguments: '{' })).toThrow(/1 MiB/);
    expect(transcript.result({ status: 'error' }).text).toHaveLength(LIMIT.result / 2);
  });

  it('gives a tool call without an id one, the same in frame and result', () => {
    const transcript = new Transcript();
    const frame = transcript.add({ type: 'tool_call_delta', index: 1, name: 'f', arguments: '{}' });
    expect(frame).toMatchObject({ id: 'call_1' });
    expect(transcript.result({ status: 'ok' }).toolCalls).toMatchObject([{ id: 'call_1' }]);
  });

  it('gives no half of a tool call', () => {
    const transcript = new Transcript();
    transcript.add({ type: 'tool_call_delta', index: 0, id: 'a', name: 'f', arguments: '{"x":' });
    expect(transcript.result({ status: 'cancelled' })).not.toHaveProperty('toolCalls');
  });

  it.each([
    ['an id that no status can hold', { index: 0, id: 'x'.repeat(257), name: 'f' }],
    ['a name that no status can hold', { index: 0, id: 'x', name: 'f'.repeat(257) }],
  ])('refuses %s', (_, call) => {
    expect(() => new Transcript().add({ type: 'tool_call_delta', ...call })).toThrow(/longer than 256 characters/);
  });
});
