import type { FieldError } from '../api-error.js';

/** Errors without repetition, and how many checks were made: the API server picks an alternative's errors by it. */
export class Findings {
  readonly errors: FieldError[];
  matches: number;

  constructor(errors: readonly FieldError[] = [], matches = 0) {
    this.errors = [...errors];
    this.matches = matches;
  }

  get valid(): boolean {
    return this.errors.length === 0;
  }

  add(error: FieldError): void {
    const known = this.errors.some(({ field, message }) => field === error.field && message === error.message);
    if (!known) this.errors.push(error);
  }

  count(): void {
    this.matches += 1;
  }

  merge(other: Findings): this {
    for (const error of other.errors) this.add(error);
    this.matches += other.matches;
    return this;
  }
}
