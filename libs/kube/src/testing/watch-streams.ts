import type { Kind, KubeObject } from '@sympozium/api';
import { kindKey } from '@sympozium/api';
import type { Timer } from '@sympozium/process';
import type { WatchEvent, WatchOptions } from '../client.js';
import type { Change } from './event-history.js';
import type { FakeApiServer } from './fake-api-server.js';
import { selection } from './selectors.js';

/** What happens to one event on its way to a watch. `delay`: it comes after later ones, at `releaseDelayed()`. */
export type Fate = 'pass' | 'drop' | 'duplicate' | 'delay';

type Item = { readonly event: WatchEvent<KubeObject> } | { readonly end: Error | undefined };

const BOOKMARK_MS = 60_000;

/** One open watch. */
export class WatchStream {
  readonly kind: Kind;
  readonly #items: Item[] = [];
  readonly #delayed: WatchEvent<KubeObject>[] = [];
  #frozen = false;
  #wake: () => void = () => {};

  constructor(kind: Kind) {
    this.kind = kind;
  }

  push(event: WatchEvent<KubeObject>, fate: Fate): void {
    if (fate === 'delay') this.#delayed.push(event);
    if (fate === 'pass' || fate === 'duplicate') this.#add({ event });
    if (fate === 'duplicate') this.#add({ event });
  }

  releaseDelayed(): void {
    for (const event of this.#delayed.splice(0)) this.#add({ event });
  }

  /** Ends the watch; what it has not given yet is lost. */
  end(error?: Error): void {
    this.#items.length = 0;
    this.#frozen = false;
    this.#add({ end: error });
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    this.#wake();
  }

  async *events(signal: AbortSignal | undefined): AsyncGenerator<WatchEvent<KubeObject>> {
    signal?.throwIfAborted();
    const onAbort = (): void => this.end(signal?.reason as Error);
    signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        const item = await this.#next();
        if ('event' in item) yield structuredClone(item.event);
        else if (item.end) throw item.end;
        else return;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  async #next(): Promise<Item> {
    for (;;) {
      const item = this.#frozen ? undefined : this.#items.shift();
      if (item) return item;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #add(item: Item): void {
    this.#items.push(item);
    this.#wake();
  }
}

/** The open watches on a server, and what can go wrong with them. */
export class WatchStreams {
  readonly #server: FakeApiServer;
  readonly #open = new Set<WatchStream>();
  #fate: (kind: Kind, event: WatchEvent<KubeObject>) => Fate = () => 'pass';

  constructor(server: FakeApiServer) {
    this.#server = server;
  }

  /** How many watches are open, of a kind or of all. */
  count(kind?: Kind): number {
    return this.#of(kind).length;
  }

  /** Decides about every event from now on. */
  tamper(fate: (kind: Kind, event: WatchEvent<KubeObject>) => Fate): void {
    this.#fate = fate;
  }

  /** Delivers what was delayed. */
  releaseDelayed(kind?: Kind): void {
    for (const stream of this.#of(kind)) stream.releaseDelayed();
  }

  /** Open watches fall silent, as on a dead connection; `thaw` delivers what has happened meanwhile, in order. */
  freeze(kind?: Kind): void {
    for (const stream of this.#of(kind)) stream.freeze(true);
  }

  thaw(kind?: Kind): void {
    for (const stream of this.#of(kind)) stream.freeze(false);
  }

  /** Ends open watches, with an error or as a server ends them in time. */
  break(error?: Error, kind?: Kind): void {
    for (const stream of this.#of(kind)) stream.end(error);
  }

  /** Sends a bookmark with the newest version to open watches. */
  bookmark(kind?: Kind): void {
    for (const stream of this.#of(kind)) this.#bookmark(stream);
  }

  /** Opens a watch at a version; throws 410 when that is forgotten. Absent or `0`: begins with all there is. */
  async *open(kind: Kind, options: WatchOptions): AsyncGenerator<WatchEvent<KubeObject>> {
    const { table } = this.#server;
    const stream = new WatchStream(kind);
    const selected = selection(kind, options);
    const deliver = (change: Change): void => {
      const event = seenAs(change, selected);
      if (change.kind === kindKey(kind) && event) stream.push(event, this.#fate(kind, event));
    };
    const fromStart = options.resourceVersion === '' || options.resourceVersion === '0';
    if (fromStart) for (const object of table.select(kind, selected)) stream.push({ type: 'ADDED', object }, 'pass');
    else for (const change of table.history.since(Number(options.resourceVersion))) deliver(change);
    const unlisten = table.history.listen(deliver);
    const timers = this.#timers(stream, options.timeoutSeconds);
    this.#open.add(stream);
    try {
      yield* stream.events(options.signal);
    } finally {
      this.#open.delete(stream);
      unlisten();
      timers.cancel();
    }
  }

  #timers(stream: WatchStream, timeoutSeconds = 1_800): Timer {
    const { clock } = this.#server;
    let bookmark: Timer;
    const arm = (): void => {
      bookmark = clock.after(BOOKMARK_MS, () => {
        this.#bookmark(stream);
        arm();
      });
    };
    arm();
    const timeout = clock.after(timeoutSeconds * 1000, () => stream.end());
    return {
      cancel: () => {
        bookmark.cancel();
        timeout.cancel();
      },
    };
  }

  #bookmark(stream: WatchStream): void {
    const event = { type: 'BOOKMARK' as const, resourceVersion: String(this.#server.table.history.version) };
    stream.push(event, this.#fate(stream.kind, event));
  }

  #of(kind: Kind | undefined): WatchStream[] {
    return [...this.#open].filter((stream) => kind === undefined || kindKey(stream.kind) === kindKey(kind));
  }
}

/** A change as a watch with a selector shows it: what leaves the selection is deleted, what enters is added. */
function seenAs(change: Change, selected: (object: KubeObject) => boolean): WatchEvent<KubeObject> | undefined {
  const { object, old, deleted } = change;
  const before = old !== undefined && selected(old);
  const after = !deleted && selected(object);
  if (before) return { type: after ? 'MODIFIED' : 'DELETED', object };
  return after ? { type: 'ADDED', object } : undefined;
}
