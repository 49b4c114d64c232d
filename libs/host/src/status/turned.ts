import { defined, type Condition } from '@sympozium/api';
import { rfc3339 } from './time.js';

/** What is to be said; `at`: since when, where that is known, RFC 3339. */
export type Said = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & { readonly at?: string | undefined };

interface Turn {
  readonly generation: number | undefined;
  readonly now: number;
  /** Whether the words of this reason vary without telling anything new, such as a quota's use. */
  readonly wordsVary?: boolean;
}

/**
 * The condition that follows on an old one of its type. Where its status did not change it keeps its time, and with
 * the same reason words that vary, so that they never cost a write.
 */
export function turned(old: Condition | undefined, { at, ...said }: Said, turn: Turn): Condition {
  const { generation, now, wordsVary = false } = turn;
  const same = old?.status === said.status;
  return defined({
    ...said,
    message: wordsVary && same && old.reason === said.reason ? old.message : said.message,
    lastTransitionTime: same ? old.lastTransitionTime : (at ?? rfc3339(now)),
    observedGeneration: generation,
  });
}
