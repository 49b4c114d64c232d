import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { API_KEY, type ProxyWorld } from './proxy-world.js';

export interface McpSessionOptions {
  readonly key?: string;
  readonly fetch?: typeof fetch;
  /** Where the stream is. */
  readonly url?: string;
}

/** The official SDK's client in an open session. */
export async function mcpClient(world: ProxyWorld, options: McpSessionOptions = {}): Promise<Client> {
  const { key = API_KEY, url = `${world.endpoint}/sse`, fetch } = options;
  const client = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new SSEClientTransport(new URL(url), { requestInit, ...(fetch && { fetch }) }));
  return client;
}

/** A session by hand: what comes on its stream, and what is posted to it. */
export class RawSession {
  readonly response: Response;
  readonly #url: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #reader;
  #text = '';

  private constructor(response: Response, headers: Readonly<Record<string, string>>) {
    if (!response.body) throw new Error('there is no stream');
    this.response = response;
    this.#url = new URL(response.url);
    this.#headers = headers;
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(world: ProxyWorld, headers: Readonly<Record<string, string>> = {}): Promise<RawSession> {
    const session = new RawSession(await world.fetch('/sse', { headers }), headers);
    await session.until(/^event: endpoint\ndata: .*\n\n/);
    return session;
  }

  /** Where it says that messages go. */
  get address(): string {
    return new URL(/data: (.*)/.exec(this.#text)?.[1] ?? '', this.#url).href;
  }

  /** All that has come, once it matches; fails when the stream ends before. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the stream ended after ${this.#text}`);
      this.#text += value;
    }
    return this.#text;
  }

  /** All that came, once the stream has ended. */
  async end(): Promise<string> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return this.#text;
      this.#text += value;
    }
  }

  /** With the key that it was opened with, unless another is given. */
  post(message: unknown, key?: string): Promise<Response> {
    return fetch(this.address, {
      method: 'POST',
      body: typeof message === 'string' ? message : JSON.stringify(message),
      headers: {
        authorization: `Bearer ${API_KEY}`,
        'content-type': 'application/json',
        ...this.#headers,
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
    });
  }

  close(): Promise<void> {
    return this.#reader.cancel();
  }
}

/** The text of a tool's result. */
export const textOf = (result: unknown): string =>
  (result as CallToolResult).content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`)).join('');
