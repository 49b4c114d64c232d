import { LIMIT } from '@sympozium/api';
import { sha256Hex } from './digest.js';
import { MIN_ENVELOPE_BYTES } from './envelope.js';
import { PROTOCOL_VERSION, type ResultBody, type ResultError } from './frames.js';
import { toValidJson, toValidUtf8, utf8 } from './utf8.js';

/** Longest finish reason and error code, in bytes as JSON writes them. */
const MAX_WORD = 64;

/**
 * The envelope of a result in at most `maxBytes` of UTF-8, whatever the result holds. What does not fit is left out
 * in this order: the text, the tool calls (all: half a call is worse than none), the end of the error's message, usage.
 */
export function encodeEnvelope(result: ResultBody, maxBytes: number): string {
  if (maxBytes < MIN_ENVELOPE_BYTES) throw new RangeError(`an envelope needs at least ${MIN_ENVELOPE_BYTES} bytes`);
  for (const candidate of candidates(result, maxBytes)) {
    const json = toJson(candidate);
    if (byteLength(json) <= maxBytes) return json;
  }
  return toJson(outline(result));
}

/** From everything to little; what is undefined does not appear in JSON. */
function* candidates(result: ResultBody, maxBytes: number): Generator<object> {
  const { usage, toolCalls = [] } = result;
  const error = result.error && {
    code: cut(result.error.code, MAX_WORD) || 'AgentFailed',
    message: result.error.message,
  };
  const calls = toolCalls.length > 0 && { toolCalls };
  const base = outline(result);
  if (base.bytes <= LIMIT.envelopeResult) yield { ...base, text: result.text, ...calls, usage, error };
  yield { ...base, ...calls, usage, error };
  const counted = { ...base, ...(calls && { toolCallsInLog: toolCalls.length }) };
  yield { ...counted, usage, error };
  if (error) yield { ...counted, usage, error: cutError(error, maxBytes - byteLength(toJson({ ...counted, usage }))) };
  if (error) yield { ...counted, error: cutError(error, maxBytes - byteLength(toJson(counted))) };
  yield counted;
}

/** What every envelope says; it always fits. */
function outline({ status, finishReason, text }: ResultBody) {
  const bytes = utf8(toValidUtf8(text));
  const reason = cut(finishReason, MAX_WORD) || 'unknown';
  return { v: PROTOCOL_VERSION, status, finishReason: reason, bytes: bytes.length, sha256: sha256Hex(bytes) };
}

/** The error as one more field of at most `room` bytes, if its code leaves any. */
function cutError({ code, message }: ResultError, room: number): ResultError {
  const frame = byteLength(toJson({ error: { code, message: '' } }));
  return { code, message: cut(message, room - frame, '…') };
}

/** As much of the beginning as takes at most `room` bytes inside a JSON string, with `mark` where something is missing. */
function cut(text: string, room: number, mark = ''): string {
  // The first slice keeps this cheap for any length: no character takes less than a byte.
  const head = toValidUtf8(text).slice(0, Math.max(0, room) + 1);
  if (inJson(head) <= room && head.length === text.length) return head;
  let left = room - byteLength(mark);
  const kept: string[] = [];
  for (const character of head) {
    left -= inJson(character);
    if (left < 0) break;
    kept.push(character);
  }
  return kept.join('') + mark;
}

const toJson = (value: unknown): string => toValidJson(JSON.stringify(value));
const byteLength = (text: string): number => utf8(text).length;
const inJson = (text: string): number => byteLength(toJson(text)) - 2;
