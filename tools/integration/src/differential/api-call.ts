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
  /** The line of a watch after which nobody listens any more. */
  readonly ends?: (event: WatchLine) => boolean;
  /** The part of the answer's body that is compared; default: all of it. */
  readonly compared?: (body: unknown) => unknown;
}

/** What a watch tells. */
export interface WatchLine {
  readonly type: string;
  readonly object: {
    readonly kind?: string;
    readonly metadata?: { readonly name?: string; readonly annotations?: object };
  };
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
    return this.#send(new URL(call.path, this.#connection.server), { method: call.method, headers }, body, call.ends);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(url: URL, options: RequestOptions, body: string | undefined, ends: ApiCall['ends']): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { ...options, agent: this.#agent, timeout: 20_000 }, (response) => {
        let text = '';
        const answer = (whole: string): void => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, body: parsed(whole), warnings: warningsOf(headers['warning']) });
        };
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          const heard = ends && untilEnd(text, ends);
          if (heard === undefined) return;
          answer(heard);
          response.destroy();
        });
        response.once('error', reject);
        response.once('end', () => answer(text));
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

/** The lines up to the one after which nobody listens; undefined: it has not come yet. */
function untilEnd(text: string, ends: NonNullable<ApiCall['ends']>): string | undefined {
  const lines = text.split('\n').slice(0, -1);
  const last = lines.findIndex((line) => ends(JSON.parse(line) as WatchLine));
  return last < 0 ? undefined : lines.slice(0, last + 1).join('\n');
}

/** The object of an event; of a Table, that of its first row. */
export function shownObject(object: WatchLine['object']): WatchLine['object'] {
  const { rows } = object as { rows?: readonly Pick<WatchLine, 'object'>[] };
  return rows?.[0]?.object ?? object;
}

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
