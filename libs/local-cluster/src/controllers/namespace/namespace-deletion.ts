import { kindKey, type Kind, type KubeObject } from '@sympozium/api';
import { Controller, type Reconciled } from '@sympozium/controller';
import { isConflict, isNotFound, type Informer } from '@sympozium/kube';
import type { Runnable } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { ControllerContext } from '../shared/context.js';
import { MANAGER } from '../shared/manager.js';
import { NAMESPACE, type Namespace } from '../shared/kinds.js';
import { timestamp } from '../shared/time.js';
import { deletionConditions, withTransitions, type Remaining } from './deletion-conditions.js';

const FINALIZER = 'kubernetes';
/** For what no event tells, such as a kind that came meanwhile. */
const RECHECK_MS = 5_000;

/** Empties a namespace that is to be deleted, tells what remains, and lets it go when nothing does. */
export class NamespaceDeletion implements Runnable {
  readonly name = 'namespace-deletion';
  readonly #context: ControllerContext;
  readonly #controller: Controller;
  readonly #namespaces: Informer<Namespace>;
  readonly #contents = new Map<string, { readonly kind: Kind; readonly informer: Informer<KubeObject> }>();
  readonly #unsubscribe = new Map<string, () => void>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#namespaces = context.informers.of(NAMESPACE);
    const { clock, random, log } = context;
    this.#controller = new Controller({
      ...{ name: this.name, workers: 4, clock, random, log },
      reconcile: (namespace) => this.#reconcile(namespace),
    });
    this.#namespaces.onEvent(({ type, object }) => {
      if (type !== 'deleted' && isGoing(object)) this.#controller.enqueue(object.metadata.name);
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
    if (!kind.namespaced) return;
    this.#contents.set(kindKey(kind), { kind, informer });
    const unsubscribe = informer.onEvent(({ object: { metadata } }) => {
      const { namespace = '' } = metadata;
      const found = this.#namespaces.store.get(undefined, namespace);
      if (found && isGoing(found)) this.#controller.enqueue(namespace);
    });
    this.#unsubscribe.set(kindKey(kind), unsubscribe);
  }

  #forget(kind: Kind): void {
    this.#unsubscribe.get(kindKey(kind))?.();
    this.#unsubscribe.delete(kindKey(kind));
    this.#contents.delete(kindKey(kind));
  }

  async #reconcile(name: string): Promise<Reconciled | void> {
    const namespace = this.#namespaces.store.get(undefined, name);
    if (!namespace || !isGoing(namespace)) return;
    const contents = [...this.#contents.values()];
    await Promise.all(contents.map(({ kind, informer }) => this.#empty(kind, informer.store.list(name))));
    const remaining = contents
      .map(({ kind, informer }): Remaining => ({ kind, objects: informer.store.list(name) }))
      .filter(({ objects }) => objects.length > 0);
    if (remaining.length === 0 && (await this.#isEmpty(name))) return this.#finalize(namespace);
    await this.#tell(namespace, remaining);
    return { recheckAfterMs: RECHECK_MS };
  }

  async #empty(kind: Kind, objects: readonly KubeObject[]): Promise<void> {
    const left = objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    await Promise.all(
      left.map(async ({ metadata: { namespace = '', name, uid = '' } }) => {
        const options = { uid, propagationPolicy: 'Background' } as const;
        await ignoring(this.#context.client.delete(kind, { namespace, name }, options));
      }),
    );
  }

  /** The informers may lag; nothing comes any more once the server has refused to create in the namespace. */
  async #isEmpty(namespace: string): Promise<boolean> {
    const lists = [...this.#contents.values()].map(({ kind }) =>
      this.#context.client.list(kind, { namespace, limit: 1 }),
    );
    return (await Promise.all(lists)).every(({ items }) => items.length === 0);
  }

  async #finalize(namespace: Namespace): Promise<void> {
    const { client } = this.#context;
    const { metadata, spec } = namespace;
    const finalizers = spec?.finalizers?.filter((finalizer) => finalizer !== FINALIZER) ?? [];
    await ignoring(
      client.raw('PUT', `/api/v1/namespaces/${metadata.name}/finalize`, {
        ...{ apiVersion: 'v1', kind: 'Namespace', metadata },
        spec: { ...spec, finalizers },
      }),
    );
  }

  async #tell(namespace: Namespace, remaining: readonly Remaining[]): Promise<void> {
    const { client, clock } = this.#context;
    const known = namespace.status?.conditions ?? [];
    const conditions = withTransitions(known, deletionConditions(remaining), timestamp(clock));
    if (isDeepStrictEqual(known, conditions)) return;
    const object = { ...namespace, status: { phase: 'Terminating', conditions } };
    await ignoring(client.replace(NAMESPACE, object, { ...MANAGER, subresource: 'status' }));
  }
}

const isGoing = ({ metadata, spec }: Namespace): boolean =>
  metadata.deletionTimestamp !== undefined && (spec?.finalizers?.includes(FINALIZER) ?? false);

/** What changed or went meanwhile comes back as an event. */
async function ignoring(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
