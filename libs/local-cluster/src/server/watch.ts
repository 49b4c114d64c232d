import type { Clock, Timer } from '@sympozium/process';
import { ApiError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { ApiWatchEvent, ObjectApi, WatchParameters } from '../rest/object-api.js';
import type { Resource } from '../resources/resource.js';
import { includeObject } from './conversion.js';
import { partial, type View } from './view.js';
import type { Exchange } from './exchange.js';
import { JsonTexts } from './json-text.js';
import { negotiateStream } from './negotiate.js';
import { watchOptions, type WatchOptions } from './options.js';
import { statusOf } from './status.js';
import { tableOf } from './table.js';

const DEFAULT_SECONDS = 1_800;
const BOOKMARK_MS = 60_000;
/** The last bookmark comes so long before a watch's end, so that its client goes on from there. */
const LAST_BOOKMARK_MS = 2_000;
/** Of a version that is gone, or is not there yet, a watch itself tells. */
const TOLD_WITHIN = [410, 504];
/** A client that is this far behind has stopped reading; it may come back and go on from its last version. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

export interface WatchesOptions {
  readonly api: ObjectApi;
  readonly clock: Clock;
  /** Of the last committed change, for bookmarks. */
  readonly revision: () => number;
}

/** All watches that are going on. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #texts = new JsonTexts();
  readonly #open = new Set<WatchStream>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** Streams the changes of a resource until the client goes, its time is over, or the server stops. */
  serve(exchange: Exchange, resource: Resource, selected: { namespace?: string; name?: string }): void {
    const { query } = exchange.info;
    const { convert } = negotiateStream(exchange.request.headers.accept, resource.custom);
    const options = watchOptions(query, selected);
    const view = { resource, convert, includeObject: includeObject(query, convert), now: 0 };
    const stream = new WatchStream({ ...this.#options, exchange, view, texts: this.#texts });
    stream.start(options);
    this.#open.add(stream);
    exchange.response.on('close', () => {
      this.#open.delete(stream);
      stream.end();
    });
  }

  /** Ends them all, as a server does that goes away. */
  endAll(): void {
    for (const stream of this.#open) stream.end();
  }
}

interface StreamOptions extends WatchesOptions {
  readonly exchange: Exchange;
  readonly view: View;
  readonly texts: JsonTexts;
}

/** One watch: events as lines. Those that are there before the answer has begun wait for it. */
class WatchStream {
  readonly #options: StreamOptions;
  #early: string[] | undefined = [];
  #headersSent = false;
  #timeout: Timer | undefined;
  #reminder: Timer | undefined;
  #finish: () => void = () => {};
  #ended = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Throws, before anything is answered, what the API says to the watch. */
  start({ timeoutSeconds, ...parameters }: WatchOptions): void {
    const { clock, exchange } = this.#options;
    const unwatch = this.#watch(parameters);
    const { ended } = exchange.beginStream({ 'content-type': 'application/json' });
    this.#finish = () => {
      unwatch();
      ended();
      exchange.response.end();
    };
    const early = this.#early?.join('') ?? '';
    this.#early = undefined;
    if (early !== '') exchange.response.write(early);
    if (this.#ended) return this.#finish();
    const duration = (timeoutSeconds || DEFAULT_SECONDS) * 1000;
    this.#timeout = clock.after(duration, () => this.end());
    if (parameters.allowWatchBookmarks) this.#remind(clock.now() + duration - LAST_BOOKMARK_MS);
  }

  #watch(parameters: WatchParameters): () => void {
    const { api, view } = this.#options;
    try {
      return api.watch(view.resource, parameters, (event) => this.#write(event));
    } catch (error) {
      if (!(error instanceof ApiError && TOLD_WITHIN.includes(error.code))) throw error;
      this.#write({ type: 'ERROR', object: statusOf(error) });
      return () => {};
    }
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timeout?.cancel();
    this.#reminder?.cancel();
    this.#finish();
  }

  /** Tells now and then how far the watch has come, so that a client that comes back need not start over. */
  #remind(last: number): void {
    const { clock, revision, view } = this.#options;
    const wait = Math.min(BOOKMARK_MS, last - clock.now());
    if (wait <= 0) return;
    this.#reminder = clock.after(wait, () => {
      this.#write({ type: 'BOOKMARK', object: bookmark(view.resource, revision()) });
      this.#remind(last);
    });
  }

  #write(event: ApiWatchEvent): void {
    if (this.#ended) return;
    const line = `{"type":"${event.type}","object":${this.#text(event)}}\n`;
    const { response } = this.#options.exchange;
    if (this.#early) this.#early.push(line);
    else response.write(line);
    if (event.type === 'ERROR') this.end();
    else if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  }

  #text(event: ApiWatchEvent): string {
    if (event.type === 'ERROR') return JSON.stringify(event.object);
    const { texts, view } = this.#options;
    if (!view.convert) return texts.of(event.object);
    if (view.convert.kind !== 'Table') return JSON.stringify(partial(event.object, view.convert));
    return JSON.stringify(this.#table(event.object));
  }

  /** Only the first Table of a watch has headers. */
  #table(object: ApiObject): object {
    const headers = !this.#headersSent;
    this.#headersSent = true;
    const view = { ...this.#options.view, now: this.#options.clock.now() };
    return tableOf(view, [object], { resourceVersion: object.metadata.resourceVersion }, headers);
  }
}

function bookmark({ group, version, kind }: Resource, revision: number): ApiObject {
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const object: object = { kind, apiVersion, metadata: { resourceVersion: String(revision) } };
  return object as ApiObject;
}
