import { ANNOTATION, type KubeObject } from '@sympozium/api';
import type { GeneratedValue } from '@sympozium/plugin-sdk';
import { rfc3339 } from '../status/time.js';

/** What is to be done about a Secret's generated entry: nothing, a new one for a new epoch, or one for what was lost. */
export type ValueNeed = 'none' | 'rotate' | 'replace';

/** A replaced value stays valid for so long. */
const OVERLAP_MS = 24 * 60 * 60_000;
/** What a user put in counts as a value from this length on. */
const LEAST_LENGTH = 16;

/**
 * Whatever begins with the prefix and has some length stays, whoever put it in. The epoch it was made for is the
 * Secret's annotation; where none is wished, nobody asks for another value.
 */
export function valueNeed(live: KubeObject, { field, prefix, epoch }: GeneratedValue): ValueNeed {
  const value = entryOf(live, field);
  if (!value?.startsWith(prefix) || value.length < prefix.length + LEAST_LENGTH) return 'replace';
  return epoch === '' || epochOf(live) === epoch ? 'none' : 'rotate';
}

/** The value itself, from fresh random bytes. */
export const freshValue = ({ prefix }: GeneratedValue, bytes: Uint8Array): string =>
  prefix + Buffer.from(bytes).toString('base64url');

/** What a Secret is given with a new value: the entries, and the epoch they were made for. */
export function valueParts(
  { field, epoch }: GeneratedValue,
  value: string,
  outgoing?: { readonly value: string; readonly now: number },
): { readonly annotations: Record<string, string>; readonly data: Record<string, string> } {
  const previous = outgoing && { key: outgoing.value, expires: rfc3339(outgoing.now + OVERLAP_MS) };
  return {
    annotations: { [ANNOTATION.keyEpoch]: epoch },
    data: {
      [field]: base64(value),
      ...(previous && { [`${field}-previous`]: base64(JSON.stringify(previous)) }),
    },
  };
}

/** An entry's text. */
export function entryOf(secret: KubeObject, field: string): string | undefined {
  const encoded = (secret as { readonly data?: Readonly<Record<string, string>> }).data?.[field];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8').trim();
}

const epochOf = ({ metadata }: KubeObject): string => metadata.annotations?.[ANNOTATION.keyEpoch] ?? '';

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
