import type { Clock } from '@sympozium/process';
import type { KubeClient } from './client.js';

/** How long an answer of the API server counts, and how long it may take. */
const FRESH_MS = 2_000;
const PATIENCE_MS = 2_000;

/** Whether an API server answers; asked at most every two seconds, however many probes want to know. */
export class ApiReach {
  readonly #client: Pick<KubeClient, 'raw'>;
  readonly #clock: Clock;
  #last: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  constructor(client: Pick<KubeClient, 'raw'>, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  reachable(): Promise<boolean> {
    const now = this.#clock.now();
    if (!this.#last || now - this.#last.at > FRESH_MS) this.#last = { at: now, answer: this.#ask() };
    return this.#last.answer;
  }

  async #ask(): Promise<boolean> {
    const impatience = new AbortController();
    const timer = this.#clock.after(PATIENCE_MS, () => impatience.abort());
    try {
      await this.#client.raw('GET', '/version', undefined, { signal: impatience.signal });
      return true;
    } catch {
      return false; // whatever it was, the answer is no
    } finally {
      timer.cancel();
    }
  }
}
