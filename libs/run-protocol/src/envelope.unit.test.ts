import { LIMIT } from '@sympozium/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEnvelope,
  encodeEnvelope,
  MIN_ENVELOPE_BYTES,
  sha256Hex,
  toValidUtf8,
  type ResultBody,
} from './index.js';
import { utf8 } from './utf8.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .tuple(fc.constantFrom('x', 'é', '🐍', '\u0000', '"', '\\', '\ud83d'), fc.nat(5000))
    .map(([unit, n]) => unit.repeat(n)),
);
const result: fc.Arbitrary<ResultBody> = fc.record(
  {
    type: fc.constant('result' as const),
    status: fc.constantFrom('ok' as const, 'error' as const, 'cancelled' as const),
    text: anyText,
    finishReason: anyText,
    toolCalls: fc.array(
      fc.record({
        id: fc.string({ maxLength: 40 }),
        type: fc.constant('function' as const),
        function: fc.record({ name: fc.string({ maxLength: 40 }), arguments: anyText }),
      }),
      { maxLength: 4 },
    ),
    usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat(), totalTokens: fc.nat() }),
    error: fc.record({ code: anyText, message: anyText }),
  },
  { requiredKeys: ['type', 'status', 'text', 'finishReason'] },
);

const ok = (text: string, more: Partial<ResultBody> = {}): ResultBody => ({
  type: 'result',
  status: 'ok',
  text,
  finishReason: 'stop',
  ...more,
});

describe('encodeEnvelope', () => {
  it('keeps its limit, and what it says of the text is true', () => {
    fc.assert(
      fc.property(result, fc.integer({ min: MIN_ENVELOPE_BYTES, max: 4096 }), (each, maxBytes) => {
        const json = encodeEnvelope(each, maxBytes);
        expect(utf8(json).length).toBeLessThanOrEqual(maxBytes);
        const envelope = decodeEnvelope(json);
        const text = toValidUtf8(each.text);
        expect(envelope).toMatchObject({
          status: each.status,
          bytes: utf8(text).length,
          sha256: sha256Hex(utf8(text)),
        });
        expect([undefined, text]).toContain(envelope?.text);
        expect(envelope?.toolCallsInLog ?? envelope?.toolCalls?.length ?? 0).toBe(each.toolCalls?.length ?? 0);
      }),
    );
  });

  it('gives back everything that fits', () => {
    const more = {
      toolCalls: [{ id: 'c', type: 'function' as const, function: { name: 'f', arguments: '{"a": 1}' } }],
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
    };
    const text = 'An answer\u0000 with 🐍';
    expect(decodeEnvelope(encodeEnvelope(ok(text, more), 4096))).toMatchObject({ text, finishReason: 'stop', ...more });
  });

  it.each([
    [0, true],
    [LIMIT.envelopeResult, true],
    [LIMIT.envelopeResult + 1, false],
  ])('holds a text of %i bytes: %s', (bytes, held) => {
    const text = 'x'.repeat(bytes);
    expect(decodeEnvelope(encodeEnvelope(ok(text), 4096))?.text).toBe(held ? text : undefined);
  });

  it('counts bytes as they are encoded: a text below 3 KiB may still not fit', () => {
    expect(decodeEnvelope(encodeEnvelope(ok('\u0001'.repeat(1000)), 4096))).toMatchObject({ bytes: 1000 });
    expect(decodeEnvelope(encodeEnvelope(ok('\u0001'.repeat(1000)), 4096))?.text).toBeUndefined();
  });

  it('fills the limit to the last byte', () => {
    const text = 'x'.repeat(1000);
    const size = utf8(encodeEnvelope(ok(text), 4096)).length;
    expect(decodeEnvelope(encodeEnvelope(ok(text), size))?.text).toBe(text);
    expect(decodeEnvelope(encodeEnvelope(ok(text), size - 1))?.text).toBeUndefined();
  });

  it('leaves tool calls whole or to the log, with the text', () => {
    const toolCalls = ['a', 'b'].map((id) => ({
      id,
      type: 'function' as const,
      function: { name: 'write', arguments: JSON.stringify({ content: 'x'.repeat(3000) }) },
    }));
    const envelope = decodeEnvelope(encodeEnvelope(ok('', { toolCalls, finishReason: 'tool_calls' }), 4096));
    expect(envelope).toMatchObject({ toolCallsInLog: 2, finishReason: 'tool_calls' });
    expect(envelope).not.toHaveProperty('toolCalls');
    expect(envelope).not.toHaveProperty('text');
  });

  it('cuts the end of an error’s message and nothing else of it', () => {
    const message = `the model said 🐍 ${'"é'.repeat(3000)}`;
    const json = encodeEnvelope(ok('', { status: 'error', error: { code: 'ModelError', message } }), 1000);
    const error = decodeEnvelope(json)?.error;
    expect(error?.code).toBe('ModelError');
    expect(message.startsWith(error?.message.slice(0, -1) ?? '?')).toBe(true);
    expect(error?.message.at(-1)).toBe('…');
    expect(utf8(json).length).toBeGreaterThan(990);
  });

  it('refuses a limit that leaves no room for anything', () => {
    expect(() => encodeEnvelope(ok('x'), MIN_ENVELOPE_BYTES - 1)).toThrow(`at least ${MIN_ENVELOPE_BYTES} bytes`);
  });
});

describe('decodeEnvelope', () => {
  const decode = (fields: object) => decodeEnvelope(JSON.stringify({ v: 1, ...fields }));
  const digest = sha256Hex(utf8('hi'));

  it.each([
    ['nothing', ''],
    ['a stack trace', 'Traceback (most recent call last):\n  File "agent.py"'],
    ['half an envelope, as the kubelet cuts one that is too long', '8f3a","text":"hi"}'],
    ['another version', '{"v":2,"status":"ok","text":"hi"}'],
    ['an answer without text, length and digest', '{"v":1,"status":"ok"}'],
    ['an answer of 0 bytes with a text', JSON.stringify({ v: 1, status: 'ok', bytes: 0, text: 'hi' })],
    ['a status that is none', '{"v":1,"status":"done","text":"hi"}'],
  ])('finds none in %s', (_, message) => {
    expect(decodeEnvelope(message)).toBeUndefined();
  });

  it('never throws, whatever the message holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (message) => void decodeEnvelope(message)),
    );
  });

  it('measures a text that comes without length and digest', () => {
    expect(decode({ status: 'ok', text: 'hi' })).toEqual({
      v: 1,
      status: 'ok',
      finishReason: 'stop',
      bytes: 2,
      sha256: digest,
      text: 'hi',
    });
  });

  it.each([
    ['length', { bytes: 3, sha256: digest }],
    ['digest', { bytes: 2, sha256: sha256Hex(utf8('ho')) }],
  ])('leaves the text to the log when its %s is another', (_, claimed) => {
    const envelope = decode({ status: 'ok', text: 'hi', ...claimed });
    expect(envelope).toMatchObject(claimed);
    expect(envelope).not.toHaveProperty('text');
  });

  it('measures a text with half a character as U+FFFD', () => {
    const sha256 = sha256Hex(utf8('a\ufffd'));
    expect(decodeEnvelope(`{"v":1,"status":"ok","text":"a\\ud83d","bytes":4,"sha256":"${sha256}"}`)).toMatchObject({
      text: 'a\ufffd',
    });
  });

  it('takes an error without any answer', () => {
    const error = { code: 'NoDisk', message: 'the disk is full' };
    expect(decode({ status: 'error', error })).toMatchObject({
      status: 'error',
      finishReason: 'error',
      bytes: 0,
      error,
    });
  });

  it('leaves out counts that are none and keeps the answer', () => {
    expect(decode({ status: 'ok', text: 'hi', usage: { inputTokens: -1 } })).not.toHaveProperty('usage');
  });
});
