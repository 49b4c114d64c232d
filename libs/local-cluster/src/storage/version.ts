import type { ApiObject } from '../api-object.js';
import { deepFreeze } from '../clone.js';
import type { Journal } from './journal.js';

/**
 * One version of one object. It is in memory once somebody has asked for it, or has written it; a released one is read
 * from the journal each time.
 */
export class Version {
  /** That wrote it. */
  readonly revision: number;
  readonly #journal: Journal;
  #object: ApiObject | undefined;
  #released = false;

  /** `object`: frozen; absent: the journal has it. */
  constructor(revision: number, journal: Journal, object?: ApiObject) {
    this.revision = revision;
    this.#journal = journal;
    this.#object = object;
  }

  get object(): ApiObject {
    if (this.#object) return this.#object;
    const object = deepFreeze(this.#journal.read(this.revision));
    if (!this.#released) this.#object = object;
    return object;
  }

  /** Gives the memory back if the journal has the object, too. */
  release(): void {
    if (this.#journal.isVolatile) return;
    this.#released = true;
    this.#object = undefined;
  }
}
