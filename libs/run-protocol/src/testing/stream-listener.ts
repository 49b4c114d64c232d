import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { FrameLines } from '../frame-lines.js';
import type { Frame } from '../frames.js';

type Answer = (request: IncomingMessage, response: ServerResponse, self: StreamListener) => void;

/** Takes the place of the proxy that waits for a run: one server, what was posted to it. */
export class StreamListener {
  readonly frames: Frame[] = [];
  /** Headers and path of each POST. */
  readonly posts: { readonly path: string; readonly method: string; readonly headers: IncomingHttpHeaders }[] = [];
  readonly #server: Server;

  private constructor(answer: Answer) {
    this.#server = createServer((request, response) => {
      this.posts.push({ path: request.url ?? '', method: request.method ?? '', headers: request.headers });
      answer(request, response, this);
    });
  }

  /** Reads to the end, then answers 200. */
  static attentive(): Promise<StreamListener> {
    return StreamListener.#listen((request, response, self) => {
      const lines = new FrameLines();
      request.on('data', (bytes: Buffer) => self.frames.push(...lines.push(bytes)));
      request.on('end', () => response.end());
    });
  }

  /** Goes away at the first bytes. */
  static breaking(): Promise<StreamListener> {
    return StreamListener.#listen((request) => request.once('data', () => request.socket.destroy()));
  }

  /** Refuses at once, as the proxy does a wrong token or an unknown run. */
  static refusing(status: number): Promise<StreamListener> {
    return StreamListener.#listen((_request, response) => response.writeHead(status).end());
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/runs/conformance`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  static async #listen(answer: Answer): Promise<StreamListener> {
    const listener = new StreamListener(answer);
    listener.#server.listen(0, '127.0.0.1');
    await once(listener.#server, 'listening');
    return listener;
  }
}
