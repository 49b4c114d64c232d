import type { Clock, Logger, Runnable } from '@sympozium/process';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TLSSocket } from 'node:tls';
import { parseLogQuery, readLog, type LogQuery, type LogSource } from './log-reader.js';
import type { LogProblem, LogRequest } from './pod-logs.js';

export interface KubeletCredentials {
  /** What this endpoint shows; PEM. */
  readonly cert: string;
  readonly key: string;
  /** Who may ask: holders of a certificate of this CA (the API server's `--kubelet-client-certificate`), PEM. */
  readonly clientCa?: string;
  /** Or of this bearer token. */
  readonly bearerToken?: string;
}

export interface KubeletServerOptions {
  readonly credentials: KubeletCredentials;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly findLog: (request: LogRequest) => LogSource | LogProblem;
}

/** The part of the kubelet's API that the API server needs for `kubectl logs`, over TLS on loopback. */
export class KubeletServer implements Runnable {
  readonly name = 'kubelet endpoint';
  readonly #options: KubeletServerOptions;
  readonly #server: Server;
  readonly #stop = new AbortController();

  constructor(options: KubeletServerOptions) {
    this.#options = options;
    const { cert, key, clientCa } = options.credentials;
    this.#server = createServer(
      { cert, key, requestCert: true, rejectUnauthorized: false, ...(clientCa ? { ca: clientCa } : {}) },
      (request, response) => {
        this.#answer(request, response).catch((error: unknown) => {
          options.log.warn({ err: error }, 'the kubelet endpoint failed to answer');
          response.destroy();
        });
      },
    );
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port, this.#options.host, () => resolve());
    });
  }

  stop(): Promise<void> {
    this.#stop.abort();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    if (!url) return end(response, 400, 'this is no path');
    if (url.pathname === '/healthz') return end(response, 200, 'ok');
    if (!this.#allowed(request))
      return end(response, 401, 'Unauthorized: only the API server may ask. Give it a certificate of the client CA.');
    const asked = request.method === 'GET' ? logRequest(url) : undefined;
    if (!asked) return end(response, 404, `this node does not serve ${request.method ?? ''} ${url.pathname}`);
    const found = this.#options.findLog(asked);
    if ('problem' in found) return end(response, found.status, found.problem);
    await this.#send(found, parseLogQuery(url.searchParams, this.#options.clock.now()), response);
  }

  async #send(source: LogSource, query: LogQuery, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#stop.signal]);
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.flushHeaders();
    try {
      await pipeline(Readable.from(readLog(source, query, signal)), response);
    } catch (error) {
      if (!signal.aborted) this.#options.log.warn({ err: error }, 'sending a log failed');
    }
  }

  #allowed(request: IncomingMessage): boolean {
    const { clientCa, bearerToken } = this.#options.credentials;
    if (clientCa && (request.socket as TLSSocket).authorized) return true;
    return bearerToken !== undefined && same(request.headers.authorization ?? '', `Bearer ${bearerToken}`);
  }
}

function urlOf({ url = '/' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, 'https://node') ? new URL(url, 'https://node') : undefined;
}

const LOG_PATH = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Names need no decoding: Kubernetes' own have nothing to encode. */
function logRequest({ pathname, searchParams }: URL): LogRequest | undefined {
  const [, namespace, pod, container] = LOG_PATH.exec(pathname) ?? [];
  if (!namespace || !pod || !container) return undefined;
  return { namespace, pod, container, previous: searchParams.get('previous') === 'true' };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
