import type { ApiObject, ObjectName } from '../../api-object.js';
import { badRequest, notFound } from '../../api-error.js';
import { tellProblems } from '../../rest/decode.js';
import type {
  ApiWatchEvent,
  DeleteParameters,
  ListParameters,
  ObjectApi,
  ObjectList,
  PatchRequest,
  WatchParameters,
  WriteParameters,
} from '../../rest/object-api.js';
import type { Resource } from '../../resources/resource.js';

export interface Call {
  readonly method: string;
  readonly parameters: unknown;
}

/** An ObjectApi over a map: keeps what it is given, and what it was asked. */
export class TestApi implements ObjectApi {
  readonly objects = new Map<string, ApiObject>();
  readonly calls: Call[] = [];
  readonly watchers = new Set<(event: ApiWatchEvent) => void>();
  /** What the next deletion answers. */
  gone = true;
  /** What the next call throws. */
  failure: Error | undefined;

  put(resource: Resource, object: Partial<ApiObject> & { metadata: ApiObject['metadata'] }): ApiObject {
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
    const whole = Object.freeze({ apiVersion, kind: resource.kind, ...object }) as ApiObject;
    this.objects.set(keyOf(resource, object.metadata), whole);
    return whole;
  }

  emit(event: ApiWatchEvent): void {
    for (const watcher of [...this.watchers]) watcher(event);
  }

  get(resource: Resource, name: ObjectName, subresource?: 'status' | 'scale'): ApiObject {
    this.#note('get', { name, subresource });
    return this.#existing(resource, name);
  }

  list(resource: Resource, parameters: ListParameters): ObjectList {
    this.#note('list', parameters);
    const prefix = keyOf(resource, { ...parameters, name: '' });
    const items = [...this.objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
    return { items, resourceVersion: '7' };
  }

  watch(_resource: Resource, parameters: WatchParameters, onEvent: (event: ApiWatchEvent) => void): () => void {
    this.#note('watch', parameters);
    this.watchers.add(onEvent);
    return () => void this.watchers.delete(onEvent);
  }

  create(resource: Resource, namespace: string | undefined, body: unknown, parameters: WriteParameters) {
    tell(resource, parameters);
    this.#note('create', { namespace, body, ...parameters });
    const { metadata, ...rest } = body as ApiObject;
    return Promise.resolve(this.put(resource, { ...rest, metadata: { ...metadata, ...(namespace && { namespace }) } }));
  }

  update(resource: Resource, name: ObjectName, body: unknown, parameters: WriteParameters) {
    tell(resource, parameters);
    this.#note('update', { name, body, ...parameters });
    return Promise.resolve({ object: this.put(resource, body as ApiObject), created: false });
  }

  patch(resource: Resource, name: ObjectName, patch: PatchRequest, parameters: WriteParameters) {
    this.#note('patch', { name, patch, ...parameters });
    return Promise.resolve({ object: this.#existing(resource, name), created: patch.type === 'apply' });
  }

  delete(resource: Resource, name: ObjectName, options: DeleteParameters, parameters: WriteParameters) {
    this.#note('delete', { name, options, dryRun: parameters.dryRun });
    return Promise.resolve({ object: this.#existing(resource, name), gone: this.gone });
  }

  deleteCollection(resource: Resource, selection: ListParameters, options: DeleteParameters) {
    this.#note('deleteCollection', { selection, options });
    return Promise.resolve(this.list(resource, selection));
  }

  writeRaw(resource: Resource, name: ObjectName, change: (object: ApiObject) => ApiObject) {
    this.#note('writeRaw', { name });
    return Promise.resolve(this.put(resource, change(structuredClone(this.#existing(resource, name)))));
  }

  #note(method: string, parameters: unknown): void {
    this.calls.push({ method, parameters });
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure;
  }

  #existing(resource: Resource, name: ObjectName): ApiObject {
    const object = this.objects.get(keyOf(resource, name));
    if (!object) throw notFound(resource, name.name);
    return object;
  }
}

const keyOf = ({ group, plural }: Resource, { namespace = '', name }: { namespace?: string; name: string }): string =>
  namespace === '' && name === '' ? `${group}/${plural}/` : `${group}/${plural}/${namespace}/${name}`;

/** What was found in the body's text, as the API itself tells it. */
function tell({ kind, version }: Resource, { problems = [], ...strictness }: WriteParameters): void {
  const who = `${kind} in version "${version}" cannot be handled as a ${kind}`;
  tellProblems(problems, strictness, (why) => badRequest(`${who}: ${why}`));
}
