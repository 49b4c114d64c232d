/** Where a code is seen: a condition's or status' reason, an HTTP error, a plugin refused at start, a command's exit. */
export type ErrorSurface = 'condition' | 'http' | 'plugin' | 'cli';

export interface ErrorRow {
  readonly surface: readonly ErrorSurface[];
  /** HTTP status, where the code is seen over HTTP. */
  readonly status?: number;
  /** OpenAI's error type, where the code is seen over HTTP. */
  readonly type?: string;
  /** What happened, one sentence. */
  readonly meaning: string;
  /** What the reader can do about it, one sentence. */
  readonly action: string;
}

/** Keeps a row's own type, so that a code's status is known to the compiler. */
export const row = <const R extends ErrorRow>(r: R): R => r;
