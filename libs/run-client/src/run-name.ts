import { MAX_RUN_NAME, shortHash } from '@sympozium/api';
import type { Random } from '@sympozium/process';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const SUFFIX = 10;

/** A fresh run name `<prefix>-<50 random bits>`, a DNS-1035 label of at most 52 characters. */
export function randomRunName(prefix: string, random: Random): string {
  const suffix = Array.from(random.bytes(SUFFIX), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  const start = /^[a-z]/.test(prefix) ? prefix : `run-${prefix}`;
  return `${start.slice(0, MAX_RUN_NAME - SUFFIX - 1).replace(/-+$/, '')}-${suffix}`;
}

/** The one run name of an Idempotency-Key, for each API key another, whatever the body says. */
export const idempotentRunName = (keyId: string, idempotencyKey: string): string =>
  `run-${shortHash(JSON.stringify([keyId, idempotencyKey]), 40)}`;
