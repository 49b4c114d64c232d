import type { ObjectName } from '../api-object.js';
import { SCALE_COLUMNS } from '../builtin/columns/index.js';
import { methodNotAllowed } from '../api-error.js';
import type { DeleteParameters, ObjectApi, PatchRequest, WriteParameters } from '../rest/object-api.js';
import type { Resource } from '../resources/resource.js';
import { isObject } from '../clone.js';
import { readBody } from './body.js';
import { includeObject, showList, showObject } from './conversion.js';
import type { View } from './view.js';
import { decodeObject, decodeOptions, decodeWhole, parseApply, parsePatch, patchType, shapePatch } from './decoding.js';
import type { Exchange } from './exchange.js';
import type { Negotiated } from './negotiate.js';
import { deleteOptions, listOptions, patchOptions, writeOptions, type WriteOptions } from './options.js';
import { deletedStatus } from './status.js';

/** What a request is about: a resource, or one object, or a part of it. */
export interface Target {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: 'status' | 'scale';
}

const SCALE = { kind: 'Scale', version: 'v1' };

/** The verbs over HTTP: reads query and body, calls the API, answers in the form that the client wants. */
export class Verbs {
  readonly #api: ObjectApi;
  readonly #now: () => number;

  constructor(api: ObjectApi, now: () => number) {
    this.#api = api;
    this.#now = now;
  }

  async get(exchange: Exchange, target: Target): Promise<void> {
    const answer = this.#answer(exchange, target);
    await answer.object(200, this.#api.get(target.resource, nameOf(target), target.subresource));
  }

  async list(exchange: Exchange, { resource, namespace }: Target): Promise<void> {
    const { form, view } = this.#answer(exchange, { resource });
    const list = this.#api.list(resource, { ...listOptions(exchange.info.query), ...inNamespace(namespace) });
    await exchange.send(200, showList(view, list), form);
  }

  async create(exchange: Exchange, target: Target): Promise<void> {
    const answer = this.#answer(exchange, target);
    const { options, body } = await this.#body(exchange, target, 'CreateOptions');
    const parameters = parametersOf(exchange, options);
    await answer.object(201, await this.#api.create(target.resource, target.namespace, body, parameters));
  }

  async update(exchange: Exchange, target: Target): Promise<void> {
    const answer = this.#answer(exchange, target);
    const { options, body } = await this.#body(exchange, target, 'UpdateOptions');
    const parameters = parametersOf(exchange, options, target.subresource);
    const { object, created } = await this.#api.update(target.resource, nameOf(target), body, parameters);
    await answer.object(created ? 201 : 200, object);
  }

  async patch(exchange: Exchange, target: Target): Promise<void> {
    const type = patchType(exchange.request.headers['content-type'], target.resource);
    const answer = this.#answer(exchange, target);
    const bytes = await readBody(exchange.request);
    const { force, ...options } = patchOptions(exchange.info.query, exchange.userAgent, type === 'apply');
    const patch: PatchRequest =
      type === 'apply'
        ? { type, force, ...parseApply(bytes) }
        : { type, body: this.#shaped(target, parsePatch(bytes), type) };
    const parameters = parametersOf(exchange, options, target.subresource);
    const { object, created } = await this.#api.patch(target.resource, nameOf(target), patch, parameters);
    await answer.object(created ? 201 : 200, object);
  }

  async delete(exchange: Exchange, target: Target): Promise<void> {
    const answer = this.#answer(exchange, target);
    const { options, parameters } = await this.#deletion(exchange);
    const { resource } = target;
    const { object, gone } = await this.#api.delete(resource, nameOf(target), options, parameters);
    if (!gone) return answer.object(options.orphanDependents === false ? 202 : 200, object);
    if (resource.strategy.returnsDeletedObject) return answer.object(200, object);
    const { name, uid = '' } = object.metadata;
    const status = deletedStatus({ name, group: resource.group, kind: resource.plural, uid });
    await exchange.send(200, status, answer.form);
  }

  async deleteCollection(exchange: Exchange, { resource, namespace }: Target): Promise<void> {
    const { form, view } = this.#answer(exchange, { resource });
    const selection = { ...listOptions(exchange.info.query), ...inNamespace(namespace) };
    const { options, parameters } = await this.#deletion(exchange);
    const list = await this.#api.deleteCollection(resource, selection, options, parameters);
    await exchange.send(200, showList(view, list), form);
  }

  /** Of a patch of what is not there, nothing is said but its syntax. */
  #shaped(target: Target, patch: unknown, type: Exclude<PatchRequest['type'], 'apply'>): unknown {
    try {
      return shapePatch(patch, type);
    } catch (error) {
      this.#api.get(target.resource, nameOf(target));
      throw error;
    }
  }

  async #deletion(exchange: Exchange): Promise<{ options: DeleteParameters; parameters: WriteParameters }> {
    const bytes = await readBody(exchange.request);
    const body = decodeOptions(bytes, exchange.request.headers['content-type']);
    const { dryRun, ...options } = deleteOptions(exchange.info.query, body);
    const parameters = parametersOf(exchange, { fieldManager: '', dryRun, fieldValidation: 'Ignore' });
    return { options, parameters };
  }

  async #body(
    exchange: Exchange,
    { resource, subresource }: Target,
    kind: 'CreateOptions' | 'UpdateOptions',
  ): Promise<{ options: WriteOptions & Pick<WriteParameters, 'problems'>; body: unknown }> {
    const bytes = await readBody(exchange.request);
    const type = exchange.request.headers['content-type'];
    const options = writeOptions(kind, exchange.info.query, exchange.userAgent);
    const { value: body, problems } =
      subresource === 'scale'
        ? { value: decodeWhole(bytes, type, SCALE, { ...options, warn: exchange.warn }), problems: [] }
        : decodeObject(bytes, type, resource);
    exchange.facts.object = metadataOf(body);
    return { options: { ...options, problems }, body };
  }

  /** Settles the form of the answer before anything is done, so that nothing is done for a client that cannot read it. */
  #answer(exchange: Exchange, { resource, subresource }: Target): Answer {
    const form = exchange.negotiate();
    const include = includeObject(exchange.info.query, form.convert);
    const columns = subresource === 'scale' ? SCALE_COLUMNS : resource.columns;
    const view = { resource, columns, convert: form.convert, includeObject: include, now: this.#now() };
    return { form, view, object: (code, object) => exchange.send(code, showObject(view, object), form) };
  }
}

interface Answer {
  readonly form: Negotiated;
  readonly view: View;
  object(code: number, object: Parameters<typeof showObject>[1]): Promise<void>;
}

function parametersOf(exchange: Exchange, options: WriteOptions, subresource?: 'status' | 'scale'): WriteParameters {
  return { ...options, user: exchange.user, warn: exchange.warn, ...(subresource && { subresource }) };
}

export function nameOf({ namespace, name }: Pick<Target, 'namespace' | 'name'>): ObjectName {
  if (name === undefined) throw methodNotAllowed('a name is needed');
  return { name, ...inNamespace(namespace) };
}

const inNamespace = (namespace: string | undefined): { namespace?: string } =>
  namespace === undefined ? {} : { namespace };

/** What a body says of itself, for the record. */
function metadataOf(body: unknown): NonNullable<Exchange['facts']['object']> {
  const { metadata } = isObject(body) ? body : {};
  const text = (field: string): object => {
    const value = isObject(metadata) ? metadata[field] : undefined;
    return typeof value === 'string' ? { [field]: value } : {};
  };
  return { ...text('name'), ...text('namespace'), ...text('uid'), ...text('resourceVersion') };
}
