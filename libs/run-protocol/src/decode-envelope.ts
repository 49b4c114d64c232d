import { defined } from '@sympozium/api';
import { z } from 'zod';
import { sha256Hex } from './digest.js';
import type { Envelope } from './envelope.js';
import { parseJson } from './json.js';
import { finishReason, resultError, status, tolerantUsage, toolCalls, version } from './schemas.js';
import { utf8 } from './utf8.js';

const envelope = z.object({
  v: version,
  status,
  finishReason: finishReason.optional(),
  bytes: z.int().min(0).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  text: z.string().optional(),
  toolCalls: toolCalls.optional(),
  toolCallsInLog: z.int().min(1).max(256).optional(),
  usage: tolerantUsage,
  error: resultError.optional(),
});
type Parsed = z.infer<typeof envelope>;
type Measured = Pick<Envelope, 'bytes' | 'sha256'> & { readonly text: string | undefined };

/**
 * The envelope that a termination message holds, or undefined if it holds none of this version.
 * A text whose length or digest is not what the envelope says is left out: the log must then give one that is.
 * An agent may leave out length and digest of a text that it gives, and all of them where it has no answer.
 */
export function decodeEnvelope(message: string): Envelope | undefined {
  const { success, data } = envelope.safeParse(parseJson(message));
  if (!success) return undefined;
  const measured = measure(data);
  return measured && defined({ ...data, finishReason: data.finishReason ?? DEFAULT_REASON[data.status], ...measured });
}

const DEFAULT_REASON = { ok: 'stop', error: 'error', cancelled: 'cancelled' } as const;

/** Length, digest and text that agree; undefined where they contradict each other or an answer has none. */
function measure({ status, text, bytes, sha256 }: Parsed): Measured | undefined {
  const answerElsewhere = status === 'ok' && bytes !== 0;
  const actual = sizeOf(text ?? (answerElsewhere ? undefined : ''));
  const claimed = { ...actual, ...defined({ bytes, sha256 }) };
  if (claimed.bytes === undefined || claimed.sha256 === undefined) return undefined;
  const size = { bytes: claimed.bytes, sha256: claimed.sha256 };
  if (size.bytes === actual.bytes && size.sha256 === actual.sha256) return { ...size, text };
  return size.bytes === 0 && status === 'ok' ? undefined : { ...size, text: undefined };
}

function sizeOf(text: string | undefined): { bytes?: number; sha256?: string } {
  if (text === undefined) return {};
  const bytes = utf8(text);
  return { bytes: bytes.length, sha256: sha256Hex(bytes) };
}
