import type { Logger, Random } from '@sympozium/process';
import { createHmac } from 'node:crypto';
import { parseKeyEntries, type NamedText } from './api-key.js';
import { KeyRing } from './key-ring.js';

export interface LoadedKeysDependencies {
  readonly random: Random;
  readonly log: Logger;
}

/** The API keys as their source last showed them. Of the keys themselves it keeps nothing but digests. */
export class LoadedKeys {
  readonly #source: string;
  readonly #log: Logger;
  readonly #salt: Uint8Array;
  #ring: KeyRing;
  #digest = '';

  /** `source` is what log lines call it. */
  constructor(source: string, { random, log }: LoadedKeysDependencies) {
    this.#source = source;
    this.#log = log;
    this.#salt = random.bytes(32);
    this.#ring = new KeyRing([], this.#salt);
  }

  get ring(): KeyRing {
    return this.#ring;
  }

  /** Takes all entries that there are now, and says so if any has changed. Names that begin with a dot are no keys. */
  load(entries: readonly NamedText[]): void {
    const named = entries.filter(([name]) => !name.startsWith('.')).sort(([a], [b]) => (a < b ? -1 : 1));
    const digest = createHmac('sha256', this.#salt).update(JSON.stringify(named)).digest('hex');
    if (digest === this.#digest) return;
    this.#digest = digest;
    const { keys, refused } = parseKeyEntries(named);
    const source = this.#source;
    for (const { entry, problem } of refused) this.#log.error({ source, entry, problem }, 'API key refused');
    this.#ring = new KeyRing(keys, this.#salt);
    if (keys.length === 0) this.#log.error({ source }, 'there is no API key: every request is refused');
    else this.#log.info({ source, keys: keys.length }, 'API keys loaded');
  }
}
