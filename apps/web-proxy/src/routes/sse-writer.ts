import type { Clock, Timer } from '@sympozium/process';
import type { FastifyReply } from 'fastify';
import { once } from 'node:events';

/** Bytes come at least this often, so that no gateway thinks the connection dead. */
export const HEARTBEAT_MS = 10_000;
/** A caller who reads nothing for so long is gone. */
const STUCK_MS = 60_000;

export interface SseWriterOptions {
  readonly reply: FastifyReply;
  readonly clock: Clock;
  /** Further headers, asked for when the headers go out. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Sent first, before everything else. */
  readonly preamble: () => unknown;
  /** How an event is written. Default: as OpenAI writes them. */
  readonly encode?: (event: unknown) => string;
  /** What is said where there is nothing to say. */
  readonly comment?: string;
}

/** Server-sent events on one response. Its headers go out with the first event, or after the first heartbeat's time. */
export class SseWriter {
  readonly #options: SseWriterOptions;
  readonly #encode: (event: unknown) => string;
  readonly #comment: string;
  #heartbeat: Timer;
  #begun = false;

  constructor(options: SseWriterOptions) {
    this.#options = options;
    this.#encode = options.encode ?? encode;
    this.#comment = `: ${options.comment ?? 'the run goes on'}\n\n`;
    this.#heartbeat = this.#arm();
  }

  /** Whether the status has gone out: an error can no longer change it. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Writes events as one piece; resolves when the caller's socket takes more. */
  async send(...events: readonly unknown[]): Promise<void> {
    this.#begin();
    await this.#write(events.map(this.#encode).join(''));
  }

  /** Ends the response after these last events. */
  end(...events: readonly unknown[]): void {
    this.#begin();
    this.stop();
    this.#options.reply.raw.end(events.map(this.#encode).join(''));
  }

  /** Ends the heartbeats; the response stays as it is. */
  stop(): void {
    this.#heartbeat.cancel();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    const { reply, headers, preamble } = this.#options;
    reply.hijack();
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      ...headers?.(),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    reply.raw.write(this.#encode(preamble()));
  }

  #arm(): Timer {
    return this.#options.clock.after(HEARTBEAT_MS, () => {
      this.#begin();
      const { raw } = this.#options.reply;
      if (!raw.writableNeedDrain) raw.write(this.#comment);
      this.#heartbeat = this.#arm();
    });
  }

  async #write(text: string): Promise<void> {
    const { reply, clock } = this.#options;
    if (reply.raw.write(text) || reply.raw.destroyed) return;
    const stuck = clock.after(STUCK_MS, () => reply.raw.destroy());
    const closed = new AbortController();
    const onClose = (): void => closed.abort();
    reply.raw.once('close', onClose);
    try {
      await once(reply.raw, 'drain', { signal: closed.signal });
    } catch {
      // The caller has gone; who writes learns it from his own signal.
    } finally {
      stuck.cancel();
      reply.raw.off('close', onClose);
    }
  }
}

/** One event: JSON, but for OpenAI's closing word. */
const encode = (event: unknown): string => `data: ${event === DONE ? DONE : JSON.stringify(event)}\n\n`;

/** Closes a stream that is complete. */
export const DONE = '[DONE]';
