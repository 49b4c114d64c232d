import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { SseWriter } from '../routes/sse-writer.js';

/**
 * The server's side of the HTTP+SSE transport of 2024-11-05 on one stream. Not the SDK's own, which announces an
 * absolute path, wrong behind a path prefix, knows no slow reader, and answers errors in another form than ours.
 */
export class SseTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  readonly #sse: SseWriter;
  /** Messages leave one after the other, each when the client has taken the last. */
  #sent: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(sse: SseWriter) {
    this.#sse = sse;
  }

  /** Whether the stream has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves when the client has taken all that was sent: until then, no more is to be taken from it. */
  get idle(): Promise<void> {
    return this.#sent;
  }

  /** The stream's headers and its first event go out. */
  async start(): Promise<void> {
    await this.#sse.send();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#closed) throw new Error('the stream is closed');
    this.#sent = this.#sent.then(() => (this.#closed ? undefined : this.#sse.send(message)));
    await this.#sent;
  }

  /** Ends the stream after what was sent. */
  async close(): Promise<void> {
    await this.#sent;
    if (this.#closed) return;
    this.gone();
    this.#sse.end();
  }

  /** The stream has ended. */
  gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sse.stop();
    this.onclose?.();
  }
}
