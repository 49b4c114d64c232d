import type { Writable } from 'node:stream';
import type { Road } from './road.js';

/** A pipe or file as a road; a reader that is slow slows the agent, one that went away is forgotten. */
export class WritableRoad implements Road {
  readonly #stream: Writable;
  #lost = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', () => (this.#lost = true));
  }

  write(line: string): Promise<void> {
    if (this.#lost || this.#stream.write(line)) return Promise.resolve();
    return this.#event('drain');
  }

  /** The stream stays open: it is the process' own. */
  end(): Promise<void> {
    if (this.#lost) return Promise.resolve();
    return new Promise((resolve) => this.#stream.write('', () => resolve()));
  }

  #event(name: string): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        for (const event of [name, 'error', 'close']) this.#stream.off(event, done);
        resolve();
      };
      for (const event of [name, 'error', 'close']) this.#stream.on(event, done);
    });
  }
}
