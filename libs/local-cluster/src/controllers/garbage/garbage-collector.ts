import { kindKey, type Kind, type KubeObject, type OwnerReference } from '@sympozium/api';
import { Controller } from '@sympozium/controller';
import { isNotFound, KubeError, type Informer, type InformerEvent } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { FOREGROUND, leavesDependents, ORPHAN, OwnerGraph, ownersOf, waitsForDependents } from './graph.js';
import type { GraphNode } from './graph.js';

const WORKERS = 20;
/** They tell of what happened, and live for an hour whatever becomes of it. */
const IGNORED = new Set(['Event']);

/** An object and what became of those that its owner references name. */
interface Owners {
  /** There, and staying or going without waiting for dependents. */
  readonly solid: readonly OwnerReference[];
  readonly absent: readonly OwnerReference[];
  /** Going, and waiting for its dependents. */
  readonly waiting: readonly OwnerReference[];
}

/**
 * Deletes what has owners of which none is left, lets owners go that wait for their dependents, and frees dependents
 * that shall stay. It acts on events; what an owner reference names is looked up once when no informer knows it.
 */
export class GarbageCollector implements Runnable {
  readonly name = 'garbage-collector';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #graph = new OwnerGraph();
  readonly #kinds = new Map<string, Kind>();
  readonly #unsubscribe = new Map<string, () => void>();

  constructor(context: ControllerContext) {
    this.#context = context;
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: WORKERS, clock, random, log },
      reconcile: (uid) => this.#reconcile(uid),
    });
    context.informers.onKinds(
      (kind, informer) => this.#follow(kind, informer),
      (kind) => this.#forget(kind),
    );
  }

  start(): Promise<void> {
    return this.#controller.start();
  }

  stop(): Promise<void> {
    return this.#controller.stop();
  }

  #follow(kind: Kind, informer: Informer<KubeObject>): void {
    if (IGNORED.has(kind.kind)) return;
    this.#kinds.set(kindKey(kind), kind);
    this.#unsubscribe.set(
      kindKey(kind),
      informer.onEvent((event) => this.#onEvent(kind, event)),
    );
  }

  /** The kind is served no more: its objects are gone. */
  #forget(kind: Kind): void {
    this.#unsubscribe.get(kindKey(kind))?.();
    this.#unsubscribe.delete(kindKey(kind));
    this.#kinds.delete(kindKey(kind));
    for (const uid of this.#graph.ofKind(kind)) this.#onDeleted(uid);
  }

  #onEvent(kind: Kind, { type, object, old }: InformerEvent<KubeObject>): void {
    const { uid = '' } = object.metadata;
    if (type === 'deleted') return this.#onDeleted(uid);
    const node = this.#graph.set(kind, object);
    const before = old ? [{ kind, metadata: old.metadata }] : [];
    const waits = waitsForDependents(node);
    if (waits || leavesDependents(node) || this.#isDoubtful(node)) this.#controller.enqueue(uid);
    if (waits && !before.some(waitsForDependents)) this.#enqueueDependents(uid);
    for (const one of [node, ...before]) this.#enqueueWaitingOwners(one);
  }

  #onDeleted(uid: string): void {
    const node = this.#graph.get(uid);
    this.#graph.delete(uid);
    this.#enqueueDependents(uid);
    if (node) this.#enqueueWaitingOwners(node);
  }

  #enqueueWaitingOwners(node: GraphNode): void {
    for (const { uid } of ownersOf(node)) {
      const owner = this.#graph.get(uid);
      if (owner && waitsForDependents(owner)) this.#controller.enqueue(uid);
    }
  }

  #enqueueDependents(uid: string): void {
    for (const { metadata } of this.#graph.dependents(uid)) this.#controller.enqueue(metadata.uid ?? '');
  }

  /** Whether an owner is not there, or is going and waits. */
  #isDoubtful(node: GraphNode): boolean {
    return ownersOf(node).some((owner) => {
      const known = this.#graph.get(owner.uid);
      return !this.#graph.hasOwner(node, owner) || (known !== undefined && waitsForDependents(known));
    });
  }

  async #reconcile(uid: string): Promise<void> {
    const node = this.#graph.get(uid);
    if (!node) return;
    if (leavesDependents(node)) return this.#orphanDependents(node);
    if (waitsForDependents(node)) return this.#endForeground(node);
    if (node.metadata.deletionTimestamp !== undefined || !this.#isDoubtful(node)) return;
    const live = await this.#read(node);
    if (live) await this.#collect(live);
  }

  /** Deletes the object if none of its owners is left; else takes those out that are gone. */
  async #collect(node: GraphNode): Promise<void> {
    const { solid, absent, waiting } = await this.#ownersOf(node);
    if (solid.length > 0) {
      if (absent.length + waiting.length > 0) await this.#setOwners(node, solid);
    } else if (waiting.length > 0 && this.#graph.dependents(node.metadata.uid ?? '').length > 0) {
      await this.#delete(node, 'Foreground');
    } else if (absent.length + waiting.length > 0) {
      await this.#delete(node, policyOf(node));
    }
  }

  async #ownersOf(node: GraphNode): Promise<Owners> {
    const solid: OwnerReference[] = [];
    const absent: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const reference of ownersOf(node)) {
      const owner = await this.#owner(node, reference);
      if (!owner) absent.push(reference);
      else (waitsForDependents(owner) ? waiting : solid).push(reference);
    }
    return { solid, absent, waiting };
  }

  /** From the informers, or else from the server: an informer may not have got there yet. */
  async #owner(node: GraphNode, reference: OwnerReference): Promise<GraphNode | undefined> {
    if (this.#graph.hasOwner(node, reference)) return this.#graph.get(reference.uid);
    const kind = this.#kinds.get(kindKey(reference)) ?? this.#sameKind(reference);
    if (!kind)
      throw new KubeError(404, 'NotFound', `no kind ${kindKey(reference)} is served; the object is kept until it is`);
    const { namespace } = node.metadata;
    const key = { name: reference.name, ...(kind.namespaced && namespace ? { namespace } : {}) };
    if (kind.namespaced && namespace === undefined) return node; // such a reference says nothing
    const owner = await this.#get(kind, key);
    return owner?.metadata.uid === reference.uid ? owner : undefined;
  }

  /** The kind at another version than the one that is followed. */
  #sameKind({ apiVersion, kind }: OwnerReference): Kind | undefined {
    const group = (version: string): string => version.slice(0, version.lastIndexOf('/') + 1);
    return [...this.#kinds.values()].find((one) => one.kind === kind && group(one.apiVersion) === group(apiVersion));
  }

  async #endForeground(node: GraphNode): Promise<void> {
    const dependents = this.#graph.dependents(node.metadata.uid ?? '');
    const blocking = dependents.filter((dependent) => ownersOf(dependent).some((owner) => blocks(owner, node)));
    if (blocking.length === 0) return this.#removeFinalizer(node, FOREGROUND);
    for (const { metadata } of blocking)
      if (metadata.deletionTimestamp === undefined) this.#controller.enqueue(metadata.uid ?? '');
  }

  async #orphanDependents(node: GraphNode): Promise<void> {
    const { uid = '' } = node.metadata;
    await Promise.all(
      this.#graph.dependents(uid).map(async (dependent) => {
        const live = await this.#read(dependent);
        if (live && ownersOf(live).some((owner) => owner.uid === uid))
          await this.#setOwners(
            live,
            ownersOf(live).filter((owner) => owner.uid !== uid),
          );
      }),
    );
    await this.#removeFinalizer(node, ORPHAN);
  }

  async #removeFinalizer(node: GraphNode, finalizer: string): Promise<void> {
    const live = await this.#read(node);
    if (!live?.metadata.finalizers?.includes(finalizer)) return;
    const finalizers = live.metadata.finalizers.filter((one) => one !== finalizer);
    await this.#patch(live, { finalizers });
  }

  #setOwners(node: GraphNode, ownerReferences: readonly OwnerReference[]): Promise<void> {
    return this.#patch(node, { ownerReferences });
  }

  async #patch({ kind, metadata }: GraphNode, change: object): Promise<void> {
    const { uid, resourceVersion } = metadata;
    const body = { metadata: { uid, resourceVersion, ...change } };
    await ignoreAbsent(this.#context.client.patch(kind, keyOf(metadata), { type: 'merge', body }, MANAGER));
  }

  async #delete(node: GraphNode, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Promise<void> {
    const { uid = '', resourceVersion = '' } = node.metadata;
    const options = { uid, resourceVersion, propagationPolicy };
    await ignoreAbsent(this.#context.client.delete(node.kind, keyOf(node.metadata), options));
  }

  /** The object as it is now; undefined if it is gone or another one of its name. */
  async #read({ kind, metadata }: GraphNode): Promise<GraphNode | undefined> {
    const live = await this.#get(kind, keyOf(metadata));
    return live?.metadata.uid === metadata.uid ? live : undefined;
  }

  async #get(kind: Kind, key: { name: string; namespace?: string }): Promise<GraphNode | undefined> {
    const object = await ignoreAbsent(this.#context.client.get(kind, key));
    return object && { kind, metadata: object.metadata };
  }
}

const keyOf = ({ name, namespace }: KubeObject['metadata']): { name: string; namespace?: string } => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

const blocks = ({ uid, blockOwnerDeletion }: OwnerReference, { metadata }: GraphNode): boolean =>
  uid === metadata.uid && blockOwnerDeletion === true;

function policyOf({ metadata: { finalizers = [] } }: GraphNode): 'Background' | 'Foreground' | 'Orphan' {
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

async function ignoreAbsent<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
