import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { ApiError, badRequest, invalid, type FieldError } from '../../api-error.js';
import type { ApiObject, ObjectName } from '../../api-object.js';
import type { ObjectApi } from '../../rest/object-api.js';
import type { Resource, ResourceRegistry } from '../../resources/resource.js';
import type { Exchange } from '../exchange.js';
import { isTrue, readInteger } from '../query.js';
import { internalError } from '../status.js';

/** What of a Pod is on its node and not in the store. */
export interface PodRoads {
  /** Answers with a container's log, or rejects with `ApiError` before it has begun to. */
  log(exchange: Exchange, pod: ObjectName): Promise<void>;
}

export interface PodRoadsOptions {
  readonly api: ObjectApi;
  readonly registry: ResourceRegistry;
  /** What the server shows to kubelets, and whom it takes for one, PEM. */
  readonly kubelet: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** Roads to Pods over their node's kubelet endpoint. */
export const createPodRoads = (options: PodRoadsOptions): PodRoads => new KubeletRoads(options);

const MAX_REFUSAL_BYTES = 10_000;
const DEFAULT_KUBELET_PORT = 10_250;

interface PodFields {
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly { readonly name: string }[];
    readonly initContainers?: readonly { readonly name: string }[];
    readonly ephemeralContainers?: readonly { readonly name: string }[];
  };
}

interface NodeFields {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } };
  };
}

class KubeletRoads implements PodRoads {
  readonly #options: PodRoadsOptions;
  readonly #agent: Agent;

  constructor(options: PodRoadsOptions) {
    this.#options = options;
    const { cert, key, ca } = options.kubelet;
    this.#agent = new Agent({ cert, key, ca, keepAlive: false });
  }

  async log(exchange: Exchange, name: ObjectName): Promise<void> {
    const { query } = exchange.info;
    const passed = logQuery(query, name.name);
    const pod = this.#options.api.get(this.#resource('pods'), name);
    const container = containerOf(pod, query.get('container') ?? '');
    const { nodeName } = (pod as PodFields).spec ?? {};
    if (!nodeName) return exchange.sendText(200, '');
    const node = this.#options.api.get(this.#resource('nodes'), { name: nodeName });
    const path = ['containerLogs', name.namespace ?? '', name.name, container].map(encodeURIComponent).join('/');
    await this.#stream(exchange, `https://${addressOf(node)}/${path}?${passed.toString()}`, name.name);
  }

  async #stream(exchange: Exchange, url: string, pod: string): Promise<void> {
    const gone = new AbortController();
    exchange.response.on('close', () => gone.abort());
    const answer = await this.#get(url, gone.signal);
    if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 0, await textOf(answer), pod);
    const { ended } = exchange.beginStream({ 'content-type': 'text/plain' });
    try {
      await pipeline(answer, exchange.response, { signal: gone.signal });
    } catch {
      exchange.response.destroy(); // one of the two ends is gone: there is nobody to tell
    } finally {
      ended();
    }
  }

  #get(url: string, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(url, { agent: this.#agent, signal }, resolve)
        .on('error', (cause) => reject(internalError(new Error(`Get "${url}": ${cause.message}`, { cause }))))
        .end();
    });
  }

  #resource(plural: string): Resource {
    const resource = this.#options.registry.find('', 'v1', plural);
    if (!resource) throw internalError(new Error(`${plural} are not served`));
    return resource;
  }
}

/** The options of a log that the kubelet is told; 422 for those that mean nothing. */
function logQuery(query: URLSearchParams, pod: string): URLSearchParams {
  const passed = new URLSearchParams();
  const errors: FieldError[] = [];
  for (const name of ['follow', 'previous', 'timestamps']) if (isTrue(query, name)) passed.set(name, 'true');
  for (const [name, least, why] of NUMBERS) {
    const value = readInteger(query, name);
    if (value === undefined) continue;
    if (value < least)
      errors.push({ type: 'FieldValueInvalid', field: name, message: `Invalid value: ${value}: ${why}` });
    passed.set(name, String(value));
  }
  const sinceTime = query.get('sinceTime');
  if (sinceTime) passed.set('sinceTime', sinceTime);
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, pod, errors);
  return passed;
}

const NUMBERS = [
  ['tailLines', 0, 'must be greater than or equal to 0'],
  ['limitBytes', 1, 'must be greater than 0'],
  ['sinceSeconds', 1, 'must be greater than 0'],
] as const;

/** The container that is asked for, or the only one. */
function containerOf(pod: ApiObject, wanted: string): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = (pod as PodFields).spec ?? {};
  const names = [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
  const { name } = pod.metadata;
  if (wanted !== '') {
    if (names.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only] = containers;
  if (only && containers.length === 1) return only.name;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
}

function addressOf(node: ApiObject): string {
  const { addresses = [], daemonEndpoints } = (node as NodeFields).status ?? {};
  const internal = addresses.find(({ type }) => type === 'InternalIP');
  if (!internal) throw internalError(new Error('no preferred addresses found; known addresses: []'));
  const host = internal.address.includes(':') ? `[${internal.address}]` : internal.address;
  return `${host}:${daemonEndpoints?.kubeletEndpoint?.Port ?? DEFAULT_KUBELET_PORT}`;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of answer.setEncoding('utf8')) {
    text += String(part);
    if (text.length > MAX_REFUSAL_BYTES) break;
  }
  return text.slice(0, MAX_REFUSAL_BYTES);
}

/** What a kubelet refuses, in the server's words. */
function refusal(code: number, text: string, pod: string): ApiError {
  if (code === 500) return internalError(new Error(text));
  if (code === 400) return badRequest(text);
  const details = { name: pod, kind: 'pods/log' };
  if (code === 404) {
    const message = `the server could not find the requested resource ( pods/log ${pod})`;
    return new ApiError(404, 'NotFound', message, details);
  }
  return new ApiError(code, 'Unknown', `the kubelet answered ${code}: ${text}`, details);
}
