import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a test lets the model do with one call. */
export type Script = (reply: ModelReply) => void | Promise<void>;

/** One call as it reached the model. */
export interface ModelCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** Resolves when the caller's socket is closed. */
  readonly closed: Promise<void>;
}

/** The other side of a call, written by hand: nothing here knows the client that reads it. */
class ModelReply {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** A piece of text. */
  delta(content: string): void {
    this.choice({ delta: { content } });
  }

  choice(choice: object): void {
    this.chunk({ choices: [{ index: 0, finish_reason: null, ...choice }] });
  }

  finish(reason = 'stop', usage?: readonly [input: number, output: number]): void {
    this.choice({ delta: {}, finish_reason: reason });
    if (usage) {
      const [input, output] = usage;
      this.chunk({
        choices: [],
        usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
      });
    }
    this.raw('data: [DONE]\n\n');
    this.#response.end();
  }

  chunk(chunk: object): void {
    this.raw(
      `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', ...chunk })}\n\n`,
    );
  }

  raw(text: string): void {
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#response.write(text);
  }

  /** An answer that is no stream. */
  refuse(status: number, body: object, headers: Record<string, string> = {}): void {
    this.#response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  }

  /** The stream ends as if it were complete. */
  end(): void {
    this.#response.end();
  }

  /** The model dies: its socket breaks off. */
  die(): void {
    this.#response.socket?.destroy();
  }
}

/** An OpenAI-compatible model at the outermost edge: a real HTTP server that does what a test's script says. */
export class ModelDouble {
  readonly calls: ModelCall[] = [];
  readonly #server: Server;
  #watchers: (() => void)[] = [];

  private constructor(script: Script) {
    this.#server = createServer((request, response) => void this.#serve(script, request, response));
  }

  static async start(script: Script): Promise<ModelDouble> {
    const model = new ModelDouble(script);
    model.#server.listen(0, '127.0.0.1');
    await once(model.#server, 'listening');
    return model;
  }

  get baseURL(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1`;
  }

  /** The n-th call, when it has come. */
  async call(n = 0): Promise<ModelCall> {
    for (;;) {
      const call = this.calls[n];
      if (call) return call;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(script: Script, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    this.calls.push({
      path: request.url ?? '',
      headers: request.headers,
      body: JSON.parse(Buffer.concat(pieces).toString()),
      closed: new Promise((resolve) => request.socket.once('close', () => resolve())),
    });
    for (const watcher of this.#watchers.splice(0)) watcher();
    await script(new ModelReply(response));
  }
}
