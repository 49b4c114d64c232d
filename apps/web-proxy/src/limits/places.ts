import { HttpError } from '../openai/errors.js';

/** How much is worked on at once, over all callers and routes. */
export class Places {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place, which what is returned gives back, once. Throws `overloaded` when there is none. */
  take(): () => void {
    if (this.#taken >= this.#most) throw new HttpError('overloaded', undefined, { headers: { 'retry-after': '1' } });
    this.#taken += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#taken -= 1;
      isHeld = false;
    };
  }
}
