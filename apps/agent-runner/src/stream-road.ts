import type { Clock } from '@sympozium/process';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Road } from './road.js';

/** How long a stream is tried; then the durable road alone serves. */
const TRY_MS = 1000;
const PAUSE_MS = 50;
const NO_CONNECTION = 'no connection within a second';
/** What may wait for a slow reader before the agent itself waits. */
const MAX_WAITING_BYTES = 1024 * 1024;
/** How long a reader may take nothing before it is given up. */
const STALL_MS = 10_000;
/** How long the reader has for the last bytes. */
const END_MS = 5000;

export interface StreamOptions {
  readonly url: string;
  readonly tokenFile: string;
  readonly clock: Clock;
  /** Told, in one line, why the stream was given up. */
  readonly note: (line: string) => void;
}

/** One chunked POST to who waits for the run. Whatever happens to it, the run goes on. */
export class StreamRoad implements Road {
  readonly #options: StreamOptions;
  readonly #deadline: number;
  #state: 'trying' | 'open' | 'closed' = 'trying';
  #request: ClientRequest | undefined;
  /** Lines for when it opens. */
  #waiting: string[] = [];
  #waitingBytes = 0;
  /** Called, once each, when state or backlog change. */
  #watchers: (() => void)[] = [];

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#deadline = options.clock.now() + TRY_MS;
    options.clock.after(TRY_MS, () => this.#state === 'trying' && this.#close(NO_CONNECTION));
    this.#try();
  }

  async write(line: string): Promise<void> {
    if (this.#state === 'closed') return;
    if (this.#state === 'open') this.#request?.write(line);
    else this.#keep(line);
    await this.#until(() => this.#backlog() <= MAX_WAITING_BYTES, STALL_MS, 'its reader is too slow');
  }

  async end(): Promise<void> {
    await this.#until(() => this.#state === 'open', TRY_MS, NO_CONNECTION);
    if (this.#state === 'closed') return;
    this.#request?.end();
    await this.#until(() => false, END_MS, 'its reader did not confirm the end');
  }

  #keep(line: string): void {
    this.#waiting.push(line);
    this.#waitingBytes += Buffer.byteLength(line);
  }

  #backlog(): number {
    return this.#state === 'open' ? (this.#request?.writableLength ?? 0) : this.#waitingBytes;
  }

  /** Resolves when the condition holds or the road is closed, which it is after `limitMs`. */
  async #until(holds: () => boolean, limitMs: number, otherwise: string): Promise<void> {
    const done = (): boolean => this.#state === 'closed' || holds();
    if (done()) return;
    const timer = this.#options.clock.after(limitMs, () => this.#close(otherwise));
    while (!done()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
    timer.cancel();
  }

  #changed(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  #try(): void {
    if (this.#state !== 'trying') return;
    try {
      this.#request = this.#post();
    } catch (error) {
      this.#close(messageOf(error));
    }
  }

  #post(): ClientRequest {
    const { url, tokenFile } = this.#options;
    const token = readFileSync(tokenFile, 'utf8').trim();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' };
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, { method: 'POST', agent: false, headers });
    request.setNoDelay(true);
    request.on('socket', (socket) => socket.once('connect', () => this.#open(request)));
    request.on('drain', () => this.#changed());
    request.on('response', (response) => this.#answered(response));
    request.on('error', (error) => this.#failed(error));
    request.flushHeaders();
    return request;
  }

  #open(request: ClientRequest): void {
    if (this.#state !== 'trying') return;
    this.#state = 'open';
    for (const line of this.#waiting.splice(0)) request.write(line);
    this.#changed();
  }

  /** A good answer comes after the end; any other tells that nobody listens. */
  #answered(response: IncomingMessage): void {
    response.resume();
    if (response.statusCode !== 200) return this.#close(`it was answered with ${response.statusCode}`);
    response.once('close', () => this.#close());
  }

  #failed(error: Error): void {
    const { clock } = this.#options;
    if (this.#state === 'trying' && clock.now() < this.#deadline) clock.after(PAUSE_MS, () => this.#try());
    else this.#close(messageOf(error));
  }

  #close(why?: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#waiting = [];
    this.#request?.destroy();
    if (why !== undefined)
      this.#options.note(`run stream given up: ${why}; the result goes by the termination message`);
    this.#changed();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
