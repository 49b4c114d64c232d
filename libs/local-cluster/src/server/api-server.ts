import type { Clock, Logger, Runnable } from '@sympozium/process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { AuditLog, Authenticator, Authorizer, User } from '../auth/auth.js';
import type { ObjectApi } from '../rest/object-api.js';
import type { ResourceRegistry } from '../resources/resource.js';
import { answerBrokenRequest } from './broken-request.js';
import { Documents, type VersionInfo } from './documents.js';
import { Exchange } from './exchange.js';
import { forbiddenError } from '../auth/forbidden.js';
import type { Handlers } from './handlers.js';
import { actingUser } from './impersonation.js';
import { OpenApi } from './openapi/index.js';
import type { PodRoads } from './parts/pod-roads.js';
import { attributesOf, requestInfo, type RequestInfo } from './request-info.js';
import { NoSuchPage, Routes } from './routes.js';
import { unauthorized } from './status.js';
import { Verbs } from './verbs.js';
import { Watches } from './watch.js';

export interface ApiServerOptions {
  readonly api: ObjectApi;
  readonly registry: ResourceRegistry;
  /** Of the last committed change, for bookmarks. */
  readonly revision: () => number;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly audit: AuditLog;
  /** The server's certificate and key, PEM. */
  readonly tls: { readonly cert: string; readonly key: string };
  /** 0 (default) takes a free one. */
  readonly port?: number;
  readonly version: VersionInfo;
  readonly pods: PodRoads;
  readonly handlers: Handlers;
  /** Further documents by path, e.g. `/openid/v1/jwks`. */
  readonly documents?: ReadonlyMap<string, () => unknown>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ApiServer extends Runnable {
  /** Once it has started. */
  readonly port: number;
}

const HOST = '127.0.0.1';
/** As Go's net/http. */
const MAX_HEADER_BYTES = 1024 * 1024;
const SLOWEST_HEADERS_MS = 30_000;
const SLOWEST_REQUEST_MS = 60_000;
/** How long a request may take that is being answered when the server stops. */
const PATIENCE_MS = 2_000;
const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };
const AUTHENTICATED = 'system:authenticated';

/** The API over HTTPS on the loopback address: who asks, whether they may, what is answered. */
export const createApiServer = (options: ApiServerOptions): ApiServer => new HttpsApiServer(options);

/**
 * A listener for data takes the connection off the native road past its stream. There Node's parser is given records
 * that came after it was paused, as it is for a request that arrives while the answer before it is still on its way,
 * and says that they are no HTTP (`HPE_PAUSED`). The stream holds them back.
 */
const readThroughItsStream = (socket: TLSSocket): void => void socket.on('data', () => {});

class HttpsApiServer implements ApiServer {
  readonly name = 'api-server';
  readonly #options: ApiServerOptions;
  readonly #server: Server;
  /** Answers that go on until somebody ends them. */
  readonly #streams = new Set<ServerResponse>();
  readonly #watches: Watches;
  readonly #routes: Routes;
  readonly #documents: Documents;
  #port = 0;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    const { api, registry, clock, handlers, pods, revision, tls, version, documents = new Map() } = options;
    this.#watches = new Watches({ api, clock, revision });
    const verbs = new Verbs(api, () => clock.now());
    this.#routes = new Routes({ registry, verbs, watches: this.#watches, handlers, pods });
    const openapi = new OpenApi(registry, version);
    this.#documents = new Documents({ registry, version, documents, openapi, address: () => `${HOST}:${this.#port}` });
    this.#server = createServer(
      {
        cert: tls.cert,
        key: tls.key,
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: SLOWEST_HEADERS_MS,
        requestTimeout: SLOWEST_REQUEST_MS,
        keepAliveTimeout: 90_000,
        noDelay: true,
        ALPNProtocols: ['http/1.1'],
      },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.on('clientError', answerBrokenRequest);
    this.#server.on('secureConnection', readThroughItsStream);
  }

  get port(): number {
    return this.#port;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#options.port ?? 0, HOST, () => {
        this.#server.off('error', reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Takes no more, ends watches and logs, lets what is being answered be answered. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#watches.endAll();
    for (const response of this.#streams) if (!response.writableEnded) response.destroy();
    this.#server.closeIdleConnections();
    const impatience = this.#options.clock.after(PATIENCE_MS, () => this.#server.closeAllConnections());
    await closed;
    impatience.cancel();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => response.destroy());
    response.on('finish', () => this.#hangUpWhenStopping(request));
    const { method = '', url = '' } = request;
    let exchange = this.#exchange(request, response, { method, path: url, query: new URLSearchParams(), verb: method });
    try {
      exchange = this.#exchange(request, response, requestInfo(method, url));
      exchange.user = await this.#userOf(request);
      const own = attributesOf(exchange.info, exchange.user);
      const acting = actingUser(request.headersDistinct, own, this.#options.authorizer);
      if (acting !== own.user) exchange.asker = own.user;
      exchange.user = acting;
      this.#authorize(exchange);
      await this.#route(exchange);
    } catch (error) {
      await this.#fail(exchange, error);
    }
  }

  /** A connection is kept for the next request, which a server that stops will not get. */
  #hangUpWhenStopping({ socket }: IncomingMessage): void {
    if (!this.#server.listening) socket.destroySoon();
  }

  #exchange(request: IncomingMessage, response: ServerResponse, info: RequestInfo): Exchange {
    return new Exchange({ request, response, info }, this.#options, this.#streams);
  }

  #route(exchange: Exchange): Promise<void> {
    const { resource } = exchange.info;
    return resource ? this.#routes.serve(exchange, resource) : this.#documents.serve(exchange);
  }

  async #userOf(request: IncomingMessage): Promise<User> {
    const [, token] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) return ANONYMOUS;
    const user = await this.#options.authenticator.authenticate(token);
    if (!user) throw unauthorized();
    return user.groups.includes(AUTHENTICATED) ? user : { ...user, groups: [...user.groups, AUTHENTICATED] };
  }

  #authorize(exchange: Exchange): void {
    const attributes = attributesOf(exchange.info, exchange.user);
    const decision = this.#options.authorizer.authorize(attributes);
    exchange.facts.decision = decision;
    const { allowed, reason } = decision;
    if (allowed) return;
    exchange.response.setHeader('x-content-type-options', 'nosniff');
    throw forbiddenError(attributes, reason);
  }

  async #fail(exchange: Exchange, error: unknown): Promise<void> {
    try {
      if (error instanceof NoSuchPage) await exchange.sendText(404, '404 page not found\n');
      else await exchange.fail(error);
    } catch (defect) {
      this.#options.log.error({ err: defect, path: exchange.info.path }, 'a request could not be answered');
      exchange.response.destroy();
    }
  }
}
