import type { Connection } from '@sympozium/kube';
import { clientFromKubeconfig } from '@sympozium/kube/kubeconfig';
import { Agent, request, type RequestOptions } from 'node:https';

/** One HTTP request to an API server; `{ns}` in path and body is the sequence's namespace. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** JSON, or text that is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Who asks, instead of the administrator. */
  readonly as?: string;
  /** Asks again until this is so, for what a server does by and by. */
  readonly until?: (answer: ApiAnswer) => boolean;
  /** The part of the answer's body that is compared; default: all of it. */
  readonly compared?: (body: unknown) => unknown;
}

export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON, or text. */
  readonly body: unknown;
  readonly warnings: readonly string[];
}

/** An API server and who asks it. */
export class ApiUnderTest {
  readonly name: string;
  readonly #connection: Connection;
  readonly #agent: Agent;

  private constructor(name: string, connection: Connection) {
    this.name = name;
    this.#connection = connection;
    this.#agent = new Agent({ keepAlive: true, ...(connection.ca !== undefined && { ca: connection.ca }) });
  }

  static async connect(name: string, kubeconfig: string): Promise<ApiUnderTest> {
    const { client, connection } = await clientFromKubeconfig({ kubeconfig });
    await client.close();
    return new ApiUnderTest(name, connection);
  }

  async call(call: ApiCall): Promise<ApiAnswer> {
    const body = typeof call.body === 'string' || call.body === undefined ? call.body : JSON.stringify(call.body);
    const headers = {
      ...(await this.#connection.headers?.(false)),
      'user-agent': 'differential/1.0',
      accept: call.accept ?? 'application/json',
      ...(call.as !== undefined && { 'impersonate-user': call.as }),
      ...(body !== undefined && {
        'content-type': call.contentType ?? 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    return this.#send(new URL(call.path, this.#connection.server), { method: call.method, headers }, body);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(url: URL, options: RequestOptions, body: string | undefined): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { ...options, agent: this.#agent, timeout: 20_000 }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.once('error', reject);
        response.once('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, body: parsed(text), warnings: warningsOf(headers['warning']) });
        });
      });
      sent.once('timeout', () =>
        sent.destroy(new Error(`${this.name}: ${options.method} ${url.pathname} took too long`)),
      );
      sent.once('error', reject);
      sent.end(body);
    });
  }
}

/** Texts of `299 - "…"`; Node joins several headers with commas. */
const warningsOf = (header: unknown): string[] =>
  [...String(header ?? '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.length > 1 && lines.every((line) => line.startsWith('{'))
      ? lines.map((line) => JSON.parse(line) as unknown)
      : text;
  }
}
