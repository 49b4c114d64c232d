import { kindKey, type Kind, type KubeObject } from '@sympozium/api';
import { systemClock, systemRandom, type Clock, type Random } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { DeleteOptions, KubeList, ListOptions, ObjectKey, Patch, WriteOptions } from '../client.js';
import { KubeError } from '../error.js';
import { applied } from './apply.js';
import { collectGarbage, foregroundFinalizers, orphanDependents, type GarbageActions } from './garbage.js';
import {
  checkPreconditions,
  describe,
  gracePeriod,
  invalid,
  isCustom,
  newFinalizers,
  nextGeneration,
  notFound,
  without,
  written,
} from './object-rules.js';
import { keyOf, ObjectTable } from './object-table.js';
import { patched } from './patches.js';
import { selection } from './selectors.js';

export interface FakeApiServerOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  /**
   * Sees every object before it is stored, and may change it (defaults) or throw `KubeError` (validation), as a CRD's
   * schema does. `old` is absent for a create.
   */
  readonly admit?: (kind: Kind, object: KubeObject, old: KubeObject | undefined) => void;
}

interface Snapshot {
  readonly version: string;
  readonly rest: readonly KubeObject[];
}

/** The state of an API server in memory, with the rules by which Kubernetes changes it. All of it is synchronous. */
export class FakeApiServer {
  readonly clock: Clock;
  readonly table = new ObjectTable();
  readonly #random: Random;
  readonly #admit: NonNullable<FakeApiServerOptions['admit']>;
  readonly #continued = new Map<string, Snapshot>();
  readonly #absent = new Set<string>();
  readonly #garbage: GarbageActions = {
    remove: (kind, object) => this.delete(kind, keyOf(object)),
    change: (kind, object, metadata) =>
      void this.#update(kind, object, { ...object, metadata: { ...object.metadata, ...metadata } }, {}),
  };

  constructor({ clock = systemClock, random = systemRandom, admit = () => {} }: FakeApiServerOptions = {}) {
    this.clock = clock;
    this.#random = random;
    this.#admit = admit;
  }

  /** Whether a kind's API is there; all are, but those told otherwise. */
  serves(kind: Kind): boolean {
    return !this.#absent.has(kindKey(kind));
  }

  setServed(kind: Kind, served: boolean): void {
    if (served) this.#absent.delete(kindKey(kind));
    else this.#absent.add(kindKey(kind));
  }

  /** The object, or undefined; for a test's expectations. */
  peek<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): T | undefined {
    return structuredClone(this.table.get(kind, key)) as T | undefined;
  }

  /** Everything of a kind, ordered by namespace and name; for a test's expectations. */
  objects<T extends KubeObject>(kind: Kind<T>, namespace?: string): T[] {
    return structuredClone(this.table.select(kind, selection(kind, namespace ? { namespace } : {}))) as T[];
  }

  /** Puts an object as it is, status included, in the place of the one of its name; what a test begins with. */
  put<T extends KubeObject>(kind: Kind<T>, given: T): T {
    const object = this.#new(kind, given);
    const old = this.table.get(kind, keyOf(object))?.metadata;
    if (old?.uid) object.metadata.uid = old.uid;
    const status = (given as { status?: unknown }).status;
    return structuredClone(
      this.table.store(kind, status === undefined ? object : Object.assign(object, structuredClone({ status }))),
    ) as T;
  }

  /** Deletes what has owners of which none is left. Returns how many. */
  collectGarbage(): number {
    return collectGarbage(this.table, this.#garbage);
  }

  /** Forgets old changes and begun lists: their watches and continue tokens get 410. */
  expireHistory(): void {
    this.table.history.expire();
    this.#continued.clear();
  }

  get(kind: Kind, key: ObjectKey): KubeObject {
    return structuredClone(this.#find(kind, key));
  }

  list(kind: Kind, options: ListOptions = {}): KubeList<KubeObject> {
    this.#mustServe(kind);
    const { version, rest } = this.#snapshot(kind, options);
    const { limit = rest.length } = options;
    const page = { items: structuredClone(rest.slice(0, limit)), resourceVersion: version };
    if (rest.length <= limit) return page;
    const token = `${version}.${this.#continued.size}`;
    this.#continued.set(token, { version, rest: rest.slice(limit) });
    return { ...page, continue: token };
  }

  create(kind: Kind, given: KubeObject, options: WriteOptions = {}): KubeObject {
    const object = this.#new(kind, given);
    if (this.table.get(kind, keyOf(object)))
      throw new KubeError(409, 'AlreadyExists', `${describe(kind, object.metadata.name)} already exists`);
    this.#admit(kind, object, undefined);
    return structuredClone(options.dryRun ? object : this.table.store(kind, object));
  }

  replace(kind: Kind, object: KubeObject, options: WriteOptions = {}): KubeObject {
    const { name, resourceVersion } = object.metadata;
    if (!resourceVersion && isCustom(kind))
      throw invalid(kind, name, 'metadata.resourceVersion: must be specified for an update');
    return this.#update(kind, this.#find(kind, keyOf(object)), object, options);
  }

  patch(kind: Kind, key: ObjectKey, patch: Patch, options: WriteOptions = {}): KubeObject {
    if (patch.type === 'apply') return this.#apply(kind, key, patch, options);
    const current = this.#find(kind, key);
    return this.#update(kind, current, patched(current, patch), options);
  }

  /** Marks an object as being deleted while finalizers (or a Pod's kubelet) hold it, else removes it. */
  delete(kind: Kind, key: ObjectKey, options: DeleteOptions = {}): void {
    const { propagationPolicy: policy, gracePeriodSeconds } = options;
    const current = this.#find(kind, key);
    checkPreconditions(kind, current, options);
    if (policy === 'Orphan') orphanDependents(this.table, current, this.#garbage);
    const finalizers = policy === 'Foreground' ? foregroundFinalizers(current) : (current.metadata.finalizers ?? []);
    const grace = gracePeriod(current, gracePeriodSeconds);
    if (finalizers.length === 0 && grace === 0) this.table.remove(kind, current);
    else if (current.metadata.deletionTimestamp === undefined) this.#mark(kind, current, finalizers, grace);
  }

  #apply(kind: Kind, key: ObjectKey, patch: Extract<Patch, { type: 'apply' }>, options: WriteOptions): KubeObject {
    const { fieldManager: manager, subresource } = options;
    if (!manager) throw new KubeError(400, 'BadRequest', 'fieldManager is required for apply patch');
    this.#mustServe(kind);
    const current = this.table.get(kind, key);
    const body = structuredClone(patch.body) as KubeObject;
    if (!current && subresource) throw notFound(kind, key.name);
    const how = { manager, force: patch.force === true, time: this.#time(), ...(subresource ? { subresource } : {}) };
    const next = applied(current, { ...body, metadata: { ...body.metadata, ...key } }, how);
    return current ? this.#update(kind, current, next, options) : this.create(kind, next, options);
  }

  #update(kind: Kind, current: KubeObject, proposed: KubeObject, options: WriteOptions): KubeObject {
    checkPreconditions(kind, current, proposed.metadata);
    const next = structuredClone(written(current, proposed, options.subresource));
    this.#admit(kind, next, structuredClone(current));
    if (isDeepStrictEqual(next, current)) return next;
    const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = next.metadata;
    if (deletionTimestamp && newFinalizers(current, next).length > 0)
      throw invalid(kind, next.metadata.name, 'no new finalizers can be added if the object is being deleted');
    Object.assign(next.metadata, nextGeneration(current, next));
    if (options.dryRun) return next;
    const over = deletionTimestamp && finalizers.length === 0 && deletionGracePeriodSeconds === 0;
    return structuredClone(over ? this.table.remove(kind, next) : this.table.store(kind, next));
  }

  #new(kind: Kind, given: KubeObject): KubeObject {
    this.#mustServe(kind);
    const { generateName, namespace } = given.metadata;
    const name = given.metadata.name || (generateName && `${generateName}${this.#uid().slice(0, 5)}`);
    if (!name) throw invalid(kind, '', 'metadata.name: Required value: name or generateName is required');
    if (kind.namespaced && !namespace)
      throw new KubeError(400, 'BadRequest', `an empty namespace may not be set when creating ${kind.plural}`);
    const object = without(structuredClone(given), 'status');
    const metadata = without(object.metadata, 'deletionTimestamp', 'deletionGracePeriodSeconds', 'resourceVersion');
    const generation = 'spec' in object ? { generation: 1 } : {};
    const system = { name, uid: this.#uid(), creationTimestamp: this.#time(), ...generation };
    return { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata, ...system } };
  }

  #mark(kind: Kind, object: KubeObject, finalizers: string[], grace: number): void {
    const { generation } = object.metadata;
    const metadata = {
      ...object.metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      deletionTimestamp: this.#time(grace),
      deletionGracePeriodSeconds: grace,
    };
    this.table.store(kind, { ...object, metadata });
  }

  #snapshot(kind: Kind, options: ListOptions): Snapshot {
    const { continue: token } = options;
    if (token === undefined)
      return { version: String(this.table.history.version), rest: this.table.select(kind, selection(kind, options)) };
    const continued = this.#continued.get(token);
    if (continued) return continued;
    throw new KubeError(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result',
    );
  }

  #find(kind: Kind, key: ObjectKey): KubeObject {
    this.#mustServe(kind);
    const object = this.table.get(kind, key);
    if (!object) throw notFound(kind, key.name);
    return object;
  }

  #mustServe(kind: Kind): void {
    if (!this.serves(kind)) throw new KubeError(404, 'NotFound', 'the server could not find the requested resource');
  }

  #uid(): string {
    const hex = Buffer.from(this.#random.bytes(16)).toString('hex');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  #time(inSeconds = 0): string {
    return `${new Date(this.clock.now() + inSeconds * 1000).toISOString().slice(0, 19)}Z`;
  }
}
