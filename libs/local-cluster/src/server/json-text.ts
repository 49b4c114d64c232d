import type { ApiObject } from '../api-object.js';

/** Enough for the changes of one moment; the texts of older ones are nobody's. */
const KEPT = 256;

/** The JSON of stored objects, written once for all who watch. They are frozen, so it stays true. */
export class JsonTexts {
  readonly #texts = new Map<object, string>();

  of(object: ApiObject): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(object);
    if (this.#texts.size >= KEPT) this.#dropOldest();
    this.#texts.set(object, text);
    return text;
  }

  #dropOldest(): void {
    const [oldest] = this.#texts.keys();
    if (oldest) this.#texts.delete(oldest);
  }
}
