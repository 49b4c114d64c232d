import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Longest run name: leaves room for the longest part that a child adds. */
export const MAX_RUN_NAME = 52;
/** Longest instance name: `<instance>-server` is a run name. */
export const MAX_INSTANCE_NAME = 40;
/** Longest schedule name: `<schedule>-<tick>` is a run name. */
export const MAX_SCHEDULE_NAME = 40;
/** Longest SkillPack name: `skill-<pack>` is a container's name. */
export const MAX_SKILL_PACK_NAME = 57;
const MAX_CHILD_NAME = 63;

/** First `length` hex digits of the SHA-256 of `text` (UTF-8). */
export const shortHash = (text: string, length = 10): string => bytesToHex(sha256(utf8ToBytes(text))).slice(0, length);

/** Name of a run's child: `<run>` or `<run>-<part>`, cut with a hash at 63 characters. The same input, the same name. */
export function childName(run: string, part?: string): string {
  const whole = part === undefined ? run : `${run}-${part}`;
  if (whole.length <= MAX_CHILD_NAME) return whole;
  return `${whole.slice(0, MAX_CHILD_NAME - 11).replace(/-+$/, '')}-${shortHash(whole)}`;
}

/** The one run name of a schedule's tick, which is a whole minute in milliseconds since 1970: who makes it twice, makes it once. */
export const scheduledRunName = (schedule: string, tickMs: number): string => `${schedule}-${tickMs / 60_000}`;

/** Name of the server run that an instance's reconciler makes. */
export const serverRunName = (instance: string): string => `${instance}-server`;
