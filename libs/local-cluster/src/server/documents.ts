import { createHash } from 'node:crypto';
import { noSuchPath } from '../api-error.js';
import type { ResourceRegistry } from '../resources/resource.js';
import {
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
  groupDiscoveryList,
  groupsOf,
  type Group,
} from './discovery.js';
import type { Exchange } from './exchange.js';
import { parseAccept } from './negotiate.js';
import { NoSuchPage } from './routes.js';
import { methodNotServed } from './status.js';

/** https://kubernetes.io/docs/reference/generated/kubernetes-api/: what `/version` tells. */
export interface VersionInfo {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly [field: string]: string;
}

export interface DocumentsOptions {
  readonly registry: ResourceRegistry;
  readonly version: VersionInfo;
  /** Others by path, e.g. `/openid/v1/jwks`: a value for JSON, or its promise. */
  readonly documents: ReadonlyMap<string, () => unknown>;
  readonly openapi: OpenApiSource;
  /** `127.0.0.1:40123`. */
  readonly address: () => string;
}

/** The OpenAPI v3 documents of what is served now, by `api/v1`, `apis/batch/v1`. */
export interface OpenApiSource {
  names(): readonly string[];
  text(name: string): string | undefined;
  /** Changes with the document. */
  hash(name: string): string;
}

interface Text {
  readonly text: string;
  readonly etag: string;
}

const HEALTH = /^\/(healthz|livez|readyz)(\/ping|\/log|\/etcd)?$/;
const DISCOVERY = /^\/apis?(?:\/|$)/;

/** What is served outside of kinds: discovery, OpenAPI, version, health. Texts are made once for each set of kinds. */
export class Documents {
  readonly #options: DocumentsOptions;
  readonly #texts = new Map<string, Text>();
  #groups: readonly Group[] | undefined;

  constructor(options: DocumentsOptions) {
    this.#options = options;
    options.registry.onChange(() => {
      this.#groups = undefined;
      this.#texts.clear();
    });
  }

  async serve(exchange: Exchange): Promise<void> {
    const { method, path } = exchange.info;
    const health = HEALTH.exec(path);
    if (health) return this.#health(exchange, health[1] ?? '');
    if (path.startsWith('/openapi/v3/')) return this.#openapi(exchange, path.slice('/openapi/v3/'.length));
    const text = await this.#text(exchange, path.length > 1 ? path.replace(/\/$/, '') : path);
    if (method !== 'GET' && method !== 'HEAD') throw methodNotServed();
    return sendText(exchange, text);
  }

  #health(exchange: Exchange, check: string): Promise<void> {
    const verbose = exchange.info.query.has('verbose');
    return exchange.sendText(200, verbose ? `[+]ping ok\n[+]log ok\n[+]etcd ok\n${check} check passed\n` : 'ok');
  }

  async #openapi(exchange: Exchange, name: string): Promise<void> {
    const { openapi } = this.#options;
    const text = openapi.text(name);
    if (text === undefined) throw new NoSuchPage(name);
    await sendText(exchange, { text, etag: `"${openapi.hash(name)}"` });
  }

  async #text(exchange: Exchange, path: string): Promise<Text> {
    const other = this.#options.documents.get(path);
    if (other) return textOf(await other());
    const aggregated = DISCOVERY.test(path) ? aggregation(exchange) : undefined;
    if (aggregated && (path === '/api' || path === '/apis')) {
      exchange.response.setHeader(
        'content-type',
        `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`,
      );
      exchange.response.setHeader('vary', 'Accept');
      return this.#kept(`${path} ${aggregated}`, () => this.#aggregated(path, aggregated));
    }
    return this.#kept(path, () => this.#document(path));
  }

  #kept(key: string, make: () => unknown): Text {
    const known = this.#texts.get(key);
    if (known) return known;
    const made = textOf(make());
    if (DISCOVERY.test(key)) this.#texts.set(key, made);
    return made;
  }

  #aggregated(path: string, version: 'v2' | 'v2beta1'): object {
    const core = path === '/api';
    return groupDiscoveryList(
      this.#all.filter(({ name }) => (name === '') === core),
      version,
    );
  }

  #document(path: string): unknown {
    const { version, openapi, address } = this.#options;
    if (path === '/') return { paths: this.#paths() };
    if (path === '/version') return version;
    if (path === '/api') return apiVersions(address());
    if (path === '/apis') return apiGroupList(this.#all);
    if (path === '/openapi/v3') return openapiRoot(openapi);
    if (DISCOVERY.test(path)) return this.#discovery(path);
    throw new NoSuchPage(path);
  }

  #discovery(path: string): object {
    const [, prefix, ...rest] = path.split('/');
    const [name = '', version] = prefix === 'api' ? ['', ...rest] : rest;
    const group = this.#all.find((one) => one.name === name);
    if (!group) throw new NoSuchPage(path);
    if (version === undefined) return apiGroup(group);
    const found = group.versions.find((one) => one.version === version);
    if (!found) throw noSuchPath();
    return apiResourceList(name, found);
  }

  get #all(): readonly Group[] {
    return (this.#groups ??= groupsOf(this.#options.registry));
  }

  #paths(): string[] {
    const groups = this.#all.flatMap(({ name, versions }) => {
      const root = name === '' ? '/api' : `/apis/${name}`;
      return [root, ...versions.map(({ version }) => `${root}/${version}`)];
    });
    const fixed = ['/apis', '/healthz', '/livez', '/readyz', '/openapi/v3', '/version'];
    return [...this.#options.documents.keys(), ...groups, ...fixed].sort();
  }
}

/** Which form of aggregated discovery a client asks for first. */
function aggregation(exchange: Exchange): 'v2' | 'v2beta1' | undefined {
  const { accept } = exchange.request.headers;
  for (const { type, parameters } of accept?.includes('APIGroupDiscoveryList') ? parseAccept(accept) : []) {
    if (type !== 'application/json') continue;
    const version = parameters.get('v');
    if (parameters.get('as') !== 'APIGroupDiscoveryList') return undefined;
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

const openapiRoot = (source: OpenApiSource): object => ({
  paths: Object.fromEntries(
    source.names().map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${source.hash(name)}` }]),
  ),
});

async function sendText(exchange: Exchange, { text, etag }: Text): Promise<void> {
  exchange.response.setHeader('etag', etag);
  if (exchange.request.headers['if-none-match'] === etag) return exchange.sendNotModified();
  await exchange.sendJson(200, text);
}

function textOf(document: unknown): Text {
  const text = JSON.stringify(document);
  return { text, etag: `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"` };
}
