import { kindKey, type Kind } from '@sympozium/api';
import type { Runnable } from '@sympozium/process';
import type { SharedInformers } from './informers.js';

/** Keeps the informers to the kinds that are served. */
export class FollowKinds implements Runnable {
  readonly name = 'followed kinds';
  readonly #informers: SharedInformers;
  readonly #kinds: () => readonly Kind[];
  readonly #onChange: (listener: () => void) => () => void;
  #unsubscribe: (() => void) | undefined;
  #followed = '';

  constructor(
    informers: SharedInformers,
    kinds: () => readonly Kind[],
    onChange: (listener: () => void) => () => void,
  ) {
    this.#informers = informers;
    this.#kinds = kinds;
    this.#onChange = onChange;
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#onChange(() => this.#follow());
    this.#follow();
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.();
  }

  #follow(): void {
    const kinds = this.#kinds();
    const followed = kinds.map(kindKey).sort().join();
    if (followed === this.#followed) return;
    this.#followed = followed;
    void this.#informers.follow(kinds); // never rejects
  }
}
