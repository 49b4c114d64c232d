import type { Kind, KubeObject } from '@sympozium/api';
import { seededRandom } from '@sympozium/process/testing';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Connection } from '../connection.js';
import type { KubeError } from '../error.js';
import { HttpKubeClient, type HttpKubeClientOptions } from '../http-client.js';

/** An HTTP server on loopback that plays the API server, and a client of it. */
export interface Wire {
  readonly client: HttpKubeClient;
  readonly url: string;
  /** How many connections were ever made. */
  connections(): number;
  /** How many are open. */
  open(): number;
  close(): Promise<void>;
}

/** Listens on a free port; a TLS server is reached as `https`. */
export async function openWire(
  server: Server,
  options: HttpKubeClientOptions & Partial<Connection> = {},
  scheme: 'http' | 'https' = 'http',
): Promise<Wire> {
  let connections = 0;
  let open = 0;
  server.on(scheme === 'http' ? 'connection' : 'secureConnection', (socket) => {
    connections += 1;
    open += 1;
    socket.on('close', () => (open -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new HttpKubeClient({ server: url, ...options }, options);
  const close = async (): Promise<void> => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, url, connections: () => connections, open: () => open, close };
}

/** Wires of one test file, for its `afterEach` to close. */
export class Wires {
  readonly #open: Wire[] = [];

  async serve(answer: RequestListener, options: HttpKubeClientOptions & Partial<Connection> = {}): Promise<Wire> {
    return this.keep(await openWire(createServer(answer), { random: seededRandom(1), ...options }));
  }

  keep(wire: Wire): Wire {
    this.#open.push(wire);
    return wire;
  }

  async close(): Promise<void> {
    for (const wire of this.#open.splice(0)) await wire.close();
  }
}

export const JOB: Kind = { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', namespaced: true };
export const KEY = { namespace: 'default', name: 'a' };

export const job = (name = KEY.name): KubeObject => ({
  apiVersion: JOB.apiVersion,
  kind: JOB.kind,
  metadata: { namespace: KEY.namespace, name },
});

/** What a call is refused with; fails when it is not. */
export const rejection = (call: Promise<unknown>): Promise<KubeError> =>
  call.then(
    () => {
      throw new Error('the call was not refused');
    },
    (error: unknown) => error as KubeError,
  );

export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export const isWatch = (request: IncomingMessage): boolean => request.url?.includes('watch=true') === true;
