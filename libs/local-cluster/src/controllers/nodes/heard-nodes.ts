import { nodeCondition, type Lease, type Node } from '../shared/node.js';
import { millis } from '../shared/time.js';

interface Heard {
  /** What a word of the node would change. */
  readonly sign: string;
  readonly at: number;
  readonly lookedAt: number;
}

/** When nodes were last heard of, by their leases and conditions, as far as there was somebody to hear them. */
export class HeardNodes {
  readonly #longestPauseMs: number;
  readonly #heard = new Map<string, Heard>();

  /** Who did not look for longer than `longestPauseMs` was asleep, as a machine may be, and missed nothing by that. */
  constructor(longestPauseMs: number) {
    this.#longestPauseMs = longestPauseMs;
  }

  /** Looks at a node; returns how many milliseconds ago it was heard of. */
  silentMs(node: Node, lease: Lease | undefined, now: number): number {
    const { name } = node.metadata;
    const sign = signOf(node, lease);
    const at = this.#heardAt(this.#heard.get(name), sign, now) ?? firstHeardAt(node, lease, now);
    this.#heard.set(name, { sign, at, lookedAt: now });
    return now - at;
  }

  forget(name: string): void {
    this.#heard.delete(name);
  }

  #heardAt(known: Heard | undefined, sign: string, now: number): number | undefined {
    if (!known) return undefined;
    return known.sign === sign && now - known.lookedAt <= this.#longestPauseMs ? known.at : now;
  }
}

const signOf = (node: Node, lease: Lease | undefined): string =>
  JSON.stringify([lease?.spec?.renewTime, nodeCondition(node, 'Ready')?.['lastHeartbeatTime']]);

/** One that has never said anything counts from its creation. */
function firstHeardAt(node: Node, lease: Lease | undefined, now: number): number {
  const hasSpoken = lease !== undefined || nodeCondition(node, 'Ready') !== undefined;
  return hasSpoken ? now : (millis(node.metadata.creationTimestamp) ?? now);
}
