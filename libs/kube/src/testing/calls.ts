import type { Kind } from '@sympozium/api';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'delete' | 'logs' | 'raw' | 'serves';

/** One call as a client made it. */
export interface Call {
  readonly verb: Verb;
  /** Absent for `raw`. */
  readonly kind?: Kind;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** The object, the patch, or the body of a `raw` call. */
  readonly body?: unknown;
  /** The rest of the options, such as preconditions, field manager and selectors. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Method and path of a `raw` call: `GET /version`. */
  readonly request?: string;
}

/** Something that happens at certain calls; what `before` or `after` throws is what the caller sees. */
export interface Interception {
  readonly matches?: (call: Call) => boolean;
  /** At which matching call it begins; the first is 1. */
  readonly nth?: number;
  /** At how many calls it happens; default 1. */
  readonly times?: number;
  /** Runs before the call has its effect; the call waits for it. */
  readonly before?: (call: Call) => void | Promise<void>;
  /** Runs after the effect; throwing is a reply that got lost. */
  readonly after?: (call: Call) => void | Promise<void>;
}

const WRITES: readonly Verb[] = ['create', 'replace', 'patch', 'delete'];

/** Whether a call changes the server. */
export const isWrite = (call: Call): boolean => WRITES.includes(call.verb);

/** The record of calls, and who meddles with them. */
export class Calls {
  readonly #made: Call[] = [];
  readonly #interceptions = new Set<{ readonly what: Interception; seen: number }>();

  get made(): readonly Call[] {
    return this.#made;
  }

  forget(): void {
    this.#made.length = 0;
  }

  intercept(what: Interception): () => void {
    const entry = { what, seen: 0 };
    this.#interceptions.add(entry);
    return () => void this.#interceptions.delete(entry);
  }

  /** Records a call, does it between the interceptions that meet it, and gives its result. */
  async run<R>(call: Call, effect: () => R): Promise<R> {
    this.#made.push(call);
    const met = [...this.#interceptions].filter((entry) => meets(entry, call)).map(({ what }) => what);
    for (const { before } of met) await before?.(call);
    const result = effect();
    for (const { after } of met) await after?.(call);
    return result;
  }
}

function meets(entry: { readonly what: Interception; seen: number }, call: Call): boolean {
  const { matches = () => true, nth = 1, times = 1 } = entry.what;
  if (!matches(call)) return false;
  entry.seen += 1;
  return entry.seen >= nth && entry.seen < nth + times;
}
