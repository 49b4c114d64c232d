import type { Change } from './revision-store.js';

interface Watcher {
  readonly listener: (change: Change) => void;
  /** Revision of the last change that it was told or did not want. */
  seen: number;
}

/** Who follows which prefix. They are found by a key's own prefixes, so that a change costs only those it concerns. */
export class Watchers {
  readonly #byPrefix = new Map<string, Set<Watcher>>();

  /** Tells what is known of the prefix already, then what comes. Returns its end. */
  add(prefix: string, from: number, known: Iterable<Change>, listener: (change: Change) => void): () => void {
    const watcher: Watcher = { listener, seen: from };
    for (const change of known) tell(watcher, change);
    const watchers = this.#byPrefix.get(prefix) ?? new Set();
    this.#byPrefix.set(prefix, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#byPrefix.get(prefix) === watchers) this.#byPrefix.delete(prefix);
    };
  }

  tell(change: Change): void {
    const { key } = change;
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
      for (const watcher of this.#byPrefix.get(key.slice(0, end + 1)) ?? []) tell(watcher, change);
    }
  }
}

/** Tells a change once: a watch that another's listener opened has been told of it as of a known one. */
function tell(watcher: Watcher, change: Change): void {
  if (change.revision <= watcher.seen) return;
  watcher.seen = change.revision;
  isolated(() => watcher.listener(change));
}

/** What a listener throws is an uncaught exception of the process, but keeps nothing from the other listeners. */
export function isolated(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
