import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeFrame,
  FrameLines,
  parseFrame,
  PROTOCOL_VERSION,
  toValidUtf8,
  type Frame,
  type FrameBody,
} from './index.js';
import { utf8 } from './utf8.js';

/** All of Unicode with halves of surrogate pairs, which is what a JavaScript string may hold. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\ud83d', '\udc0d', '\\', '"', 'u', 'd800', '\u0000', '\n', '\u2028', 'é') }),
);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const count = fc.nat();
const usage = fc.record({ inputTokens: count, outputTokens: count, totalTokens: count });
const toolCall = fc.record({
  id: fc.string({ maxLength: 40 }),
  type: fc.constant('function' as const),
  function: fc.record({ name: fc.string({ maxLength: 40 }), arguments: anyText }),
});

const body: fc.Arbitrary<FrameBody> = fc
  .oneof(
    fc.record({ type: fc.constant('started' as const) }),
    fc.record({ type: fc.constant('heartbeat' as const) }),
    fc.record({ type: fc.constant('delta' as const), text: anyText }),
    fc.record({
      type: fc.constant('tool' as const),
      name: anyText,
      state: fc.constantFrom('called' as const, 'done' as const, 'failed' as const),
      detail: optional(fc.jsonValue({ stringUnit: 'binary' })),
    }),
    fc.record({
      type: fc.constant('tool_call_delta' as const),
      index: count,
      id: optional(anyText),
      name: optional(anyText),
      arguments: optional(anyText),
    }),
    fc.record({ type: fc.constant('usage' as const), usage }),
    fc.record({
      type: fc.constant('result' as const),
      status: fc.constantFrom('ok' as const, 'error' as const, 'cancelled' as const),
      text: anyText,
      finishReason: fc.constantFrom('stop', 'length', 'tool_calls'),
      toolCalls: optional(fc.array(toolCall, { maxLength: 3 })),
      usage: optional(usage),
      error: optional(fc.record({ code: fc.constantFrom('ModelError', 'Own'), message: anyText })),
    }),
  )
  .map((fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as FrameBody);

const frame: fc.Arbitrary<Frame> = fc
  .record({ attempt: fc.uuid(), seq: count, body })
  .map(({ attempt, seq, body: fields }) => ({ v: PROTOCOL_VERSION, attempt, seq, ...fields }));

/** The same frame with every text as UTF-8 can hold it. */
function asUtf8<T>(value: T): T {
  const valid = (part: unknown): unknown => {
    if (typeof part === 'string') return toValidUtf8(part);
    if (Array.isArray(part)) return part.map(valid);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, field]) => [toValidUtf8(key), valid(field)]));
  };
  return valid(JSON.parse(JSON.stringify(value))) as T;
}

describe('encodeFrame and parseFrame', () => {
  it('give back every frame, with U+FFFD where UTF-8 has nothing', () => {
    fc.assert(fc.property(frame, (each) => void expect(parseFrame(encodeFrame(each))).toEqual(asUtf8(each))));
  });

  it('keep a frame on one line of valid UTF-8', () => {
    fc.assert(
      fc.property(frame, (each) => {
        const line = encodeFrame(each);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(line).not.toMatch(/\p{Cs}|(?<!\\)(\\\\)*\\ud[89a-f]/u);
      }),
    );
  });

  it.each([
    ['a backslash before what looks like an escape', '\\ud800', '\\ud800'],
    ['a pair that another language escaped', '\ud83d\udc0d', '🐍'],
    ['the second half alone', 'x\udc0d', 'x\ufffd'],
    ['two first halves', '\ud83d\ud83d', '\ufffd\ufffd'],
  ])('read %s', (_, written, read) => {
    const ascii = (text: string): string =>
      JSON.stringify(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
    expect(parseFrame(`{"v":1,"attempt":"a","seq":0,"type":"delta","text":${ascii(written)}}`)).toMatchObject({
      text: read,
    });
  });
});

describe('parseFrame', () => {
  const base = { v: 1, attempt: 'a', seq: 0 };
  it.each([
    ['plain text', 'Listening on port 8080'],
    ['an empty line', ''],
    ['JSON of a logger', '{"level":30,"msg":"hello"}'],
    ['half a line', '{"v":1,"attempt":"a","seq":0,"type":"del'],
    ['a list', '[1]'],
    ['null', 'null'],
    ['another version', JSON.stringify({ ...base, v: 2, type: 'started' })],
    ['a type of a later version', JSON.stringify({ ...base, type: 'thought', text: 'x' })],
    ['no attempt', '{"v":1,"seq":0,"type":"started"}'],
    ['a negative number', JSON.stringify({ ...base, seq: -1, type: 'started' })],
    ['a delta without text', JSON.stringify({ ...base, type: 'delta' })],
    ['a result without status', JSON.stringify({ ...base, type: 'result', text: '', finishReason: 'stop' })],
    ['a nesting that overflows parsers', `{"v":${'['.repeat(200_000)}`],
  ])('passes over %s', (_, line) => {
    expect(parseFrame(line)).toBeUndefined();
  });

  it('never throws, whatever a line holds', () => {
    fc.assert(fc.property(fc.oneof(anyText, fc.json()), (line) => void parseFrame(line)));
  });

  it('leaves out fields it does not know and counts that are none', () => {
    const line = JSON.stringify({
      ...base,
      type: 'result',
      status: 'ok',
      text: 'x',
      finishReason: 'stop',
      usage: { inputTokens: 1.5 },
      mood: 'good',
    });
    expect(parseFrame(line)).toEqual({ ...base, type: 'result', status: 'ok', text: 'x', finishReason: 'stop' });
  });
});

describe('FrameLines', () => {
  /** The bytes in pieces, cut where the numbers say. */
  const pieces = (bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] => {
    const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
  };
  const foreign = anyText
    .filter((text) => parseFrame(text) === undefined)
    .map((text) => `${text.replaceAll('\n', ' ')}\n`);

  it('finds the frames among other lines, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(frame, foreign)), fc.array(fc.nat()), (lines, cuts) => {
        const text = lines.map((line) => (typeof line === 'string' ? line : encodeFrame(line))).join('');
        const reader = new FrameLines();
        const found = pieces(utf8(text), cuts).flatMap((piece) => reader.push(piece));
        const expected = lines.filter((line) => typeof line !== 'string');
        expect([...found, ...reader.end()]).toEqual(expected.map(asUtf8));
      }),
    );
  });

  const delta = (text: string): Frame => ({ v: 1, attempt: 'a', seq: 0, type: 'delta', text });

  it('cut at every single byte, reads characters whole', () => {
    const reader = new FrameLines();
    const bytes = utf8(encodeFrame(delta('é 🐍 中')));
    expect([...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)))).toEqual([delta('é 🐍 中')]);
  });

  it('reads broken UTF-8 as U+FFFD', () => {
    const bytes = Uint8Array.from(
      [...encodeFrame(delta('a?b'))].map((character) => (character === '?' ? 0xff : character.charCodeAt(0))),
    );
    expect(new FrameLines().push(bytes)).toEqual([delta('a\ufffdb')]);
  });

  it('keeps what it was given though the caller uses its buffer again', () => {
    const reader = new FrameLines();
    const buffer = utf8(encodeFrame(delta('x')).slice(0, -1));
    reader.push(buffer);
    buffer.fill(0);
    expect(reader.push(utf8('\n'))).toEqual([delta('x')]);
  });

  it('reads a last line without its end, once', () => {
    const reader = new FrameLines();
    expect(reader.push(utf8(encodeFrame(delta('x')).trim()))).toEqual([]);
    expect(reader.end()).toEqual([delta('x')]);
    expect(reader.end()).toEqual([]);
  });

  it.each([[1], [7], [1000]])(
    'passes over a line beyond its limit and goes on behind it, in pieces of %i bytes',
    (size) => {
      const short = encodeFrame(delta('x'));
      const reader = new FrameLines(short.length - 1);
      const bytes = utf8(short + encodeFrame(delta('xx')) + short);
      const cuts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size);
      expect(pieces(bytes, cuts).flatMap((piece) => reader.push(piece))).toEqual([delta('x'), delta('x')]);
    },
  );
});
