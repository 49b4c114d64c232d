import type { Clock } from '@sympozium/process';

/** The times of one request, for the header Server-Timing. */
export class RunTiming {
  readonly #clock: Clock;
  readonly #begun: number;
  #made: number | undefined;
  #started: number | undefined;
  #ended: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#begun = clock.now();
  }

  made(): void {
    this.#made ??= this.#clock.now();
  }

  started(): void {
    this.#started ??= this.#clock.now();
  }

  ended(): void {
    this.#ended ??= this.#clock.now();
  }

  /** `queue`: until the run is made; `start`: until its agent speaks; `run`: until its answer is whole. */
  header(): Readonly<Record<string, string>> {
    const parts = [
      part('queue', this.#begun, this.#made),
      part('start', this.#made, this.#started),
      part('run', this.#started ?? this.#made, this.#ended),
    ].filter((text) => text !== '');
    return parts.length === 0 ? {} : { 'server-timing': parts.join(', ') };
  }
}

const part = (name: string, from: number | undefined, to: number | undefined): string =>
  from === undefined || to === undefined ? '' : `${name};dur=${to - from}`;
