import type { KubeObject } from '@sympozium/api';
import { KubeError, type WatchEvent } from '@sympozium/kube';
import type { Clock, Timer } from '@sympozium/process';
import { clone } from './clone.js';
import type { ApiWatchEvent } from './rest/object-api.js';

const DEFAULT_SECONDS = 1_800;
const BOOKMARK_MS = 60_000;

export interface LocalWatchOptions {
  readonly clock: Clock;
  /** Of the last committed change, for bookmarks. */
  readonly revision: () => number;
  readonly timeoutSeconds?: number;
}

/** A watch within the process: holds the events that its reader has not taken yet. */
export class LocalWatch {
  readonly #clock: Clock;
  readonly #revision: () => number;
  readonly #timeout: Timer;
  #reminder: Timer | undefined;
  #events: ApiWatchEvent[] = [];
  #ended = false;
  #wake: () => void = () => {};

  constructor({ clock, revision, timeoutSeconds = DEFAULT_SECONDS }: LocalWatchOptions) {
    this.#clock = clock;
    this.#revision = revision;
    this.#timeout = clock.after(timeoutSeconds * 1000, () => this.end());
    this.#remind();
  }

  push(event: ApiWatchEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#timeout.cancel();
    this.#reminder?.cancel();
    this.#wake();
  }

  /** Copies of the events until the end; throws the signal's reason, or what the server has to say. */
  async *events(signal: AbortSignal | undefined): AsyncGenerator<WatchEvent<KubeObject>> {
    const onAbort = (): void => this.#wake();
    signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        const events = this.#events;
        this.#events = [];
        for (const event of events) {
          signal?.throwIfAborted();
          yield seen(event);
        }
        signal?.throwIfAborted();
        if (this.#events.length > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #remind(): void {
    this.#reminder = this.#clock.after(BOOKMARK_MS, () => {
      const metadata = { name: '', resourceVersion: String(this.#revision()) };
      this.push({ type: 'BOOKMARK', object: { apiVersion: '', kind: '', metadata } });
      this.#remind();
    });
  }
}

function seen(event: ApiWatchEvent): WatchEvent<KubeObject> {
  if (event.type === 'ERROR') throw statusError(event.object);
  if (event.type !== 'BOOKMARK') return { type: event.type, object: clone(event.object) };
  return { type: 'BOOKMARK', resourceVersion: event.object.metadata.resourceVersion ?? '' };
}

function statusError(status: {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}): KubeError {
  const { code = 500, reason = 'InternalError', message = 'the watch failed' } = status;
  return new KubeError(code, reason, message);
}
