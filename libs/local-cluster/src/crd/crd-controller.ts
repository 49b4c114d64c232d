import { Controller } from '@sympozium/controller';
import type { Reconciled } from '@sympozium/controller';
import type { Clock, Logger, Random, Runnable } from '@sympozium/process';
import type { ApiError } from '../api-error.js';
import type { ApiObject } from '../api-object.js';
import type { User } from '../auth/auth.js';
import type { Resource, ResourceRegistry } from '../resources/resource.js';
import type { ObjectApi, WriteParameters } from '../rest/object-api.js';
import { sameJson } from '../schema/json.js';
import type { Change, RevisionStore } from '../storage/revision-store.js';
import { namingOf } from './accepted-names.js';
import { withCondition } from './conditions.js';
import { asCrd, isTrue } from './crd.js';
import type { Crd, CrdCondition } from './crd.js';
import { CLEANUP } from './crd-strategy.js';
import { ServedCrds } from './served-crds.js';
import { keyOf, prefixOf } from '../rest/store-key.js';
import { nowOf } from '../rest/times.js';

export interface CrdControllerOptions {
  readonly store: RevisionStore;
  readonly registry: ResourceRegistry;
  readonly api: ObjectApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const CRD_RESOURCE = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
const PREFIX = prefixOf(CRD_RESOURCE);
/** How often it is asked whether the objects of a deleted CRD are gone. */
const RECHECK_MS = 500;
/** The API server itself. */
const SELF: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

type Condition = Omit<CrdCondition, 'lastTransitionTime'>;

const terminating = (status: 'True' | 'False', reason: string, message: string): Condition => ({
  type: 'Terminating',
  status,
  reason,
  message,
});

const ESTABLISHED: Condition = {
  type: 'Established',
  status: 'True',
  reason: 'InitialNamesAccepted',
  message: 'the initial names have been accepted',
};

/**
 * Makes CustomResourceDefinitions work: accepts their names, serves their kinds, and removes their objects before they
 * go. Once started, what was established before is served.
 */
export class CrdController implements Runnable {
  readonly name = 'custom resource definitions';
  readonly #options: CrdControllerOptions;
  readonly #served: ServedCrds;
  readonly #controller: Controller;
  #unwatch: (() => void) | undefined;

  constructor(options: CrdControllerOptions) {
    const { clock, random, log, registry } = options;
    this.#options = options;
    this.#served = new ServedCrds(registry);
    this.#controller = new Controller({
      name: this.name,
      workers: 1,
      reconcile: async (name) => this.#reconcile(name),
      clock,
      random,
      log,
    });
  }

  async start(): Promise<void> {
    const { store } = this.#options;
    const { revision } = store;
    for (const crd of this.#all()) {
      this.#served.serve(crd);
      this.#controller.enqueue(crd.metadata.name);
    }
    this.#unwatch = store.watch(PREFIX, revision, (change) => this.#onChange(change));
    await this.#controller.start();
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    await this.#controller.stop();
  }

  #all(): Crd[] {
    return this.#options.store.list(PREFIX).map(asCrd);
  }

  #onChange({ type, object }: Change): void {
    const { name } = object.metadata;
    if (type === 'DELETED') this.#served.withdraw(name);
    else this.#served.serve(asCrd(object));
    this.#controller.enqueue(name);
  }

  async #reconcile(name: string): Promise<Reconciled | void> {
    const object = this.#options.store.get(keyOf(CRD_RESOURCE, { name }));
    if (!object) return this.#reconsiderOthers(name);
    const crd = asCrd(object);
    if (crd.metadata.deletionTimestamp !== undefined) return this.#finalize(crd);
    const naming = namingOf(crd, this.#othersInGroup(crd));
    if (naming) {
      const { acceptedNames, conditions } = naming;
      await this.#writeStatus(crd, conditions, { status: { ...crd.status, acceptedNames } });
      return this.#reconsiderOthers(name);
    }
    if (isTrue(crd, 'NamesAccepted') && !isTrue(crd, 'Established')) await this.#writeStatus(crd, [ESTABLISHED]);
  }

  #othersInGroup(crd: Crd): Crd[] {
    return this.#all().filter(
      ({ spec, metadata }) => spec.group === crd.spec.group && metadata.name !== crd.metadata.name,
    );
  }

  /** A name that was freed may be what another CRD waits for. */
  #reconsiderOthers(name: string): void {
    const group = name.slice(name.indexOf('.') + 1);
    for (const { spec, metadata } of this.#all())
      if (spec.group === group && metadata.name !== name) this.#controller.enqueue(metadata.name);
  }

  async #finalize(crd: Crd): Promise<Reconciled | void> {
    if (!crd.metadata.finalizers?.includes(CLEANUP)) return;
    const begun = await this.#writeStatus(crd, [
      terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'),
    ]);
    if (!begun) return;
    const resource = isTrue(crd, 'Established') ? this.#served.resourceOf(crd.metadata.name) : undefined;
    if (resource && (await this.#deleteObjects(resource)) > 0) return { recheckAfterMs: RECHECK_MS };
    const end = resource
      ? terminating('False', 'InstanceDeletionCompleted', 'removed all instances')
      : terminating('False', 'NeverEstablished', 'resource was never established');
    const finalizers = (begun.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CLEANUP);
    await this.#writeStatus(begun, [end], { metadata: { ...begun.metadata, finalizers } });
  }

  /** Deletes every object of a kind; returns how many stay for now. */
  async #deleteObjects(resource: Resource): Promise<number> {
    const { api, store } = this.#options;
    const prefix = prefixOf(resource);
    const namespaces = new Set(store.list(prefix).map(({ metadata }) => metadata.namespace));
    for (const namespace of namespaces)
      await api.deleteCollection(resource, { ...(namespace !== undefined && { namespace }) }, {}, this.#parameters());
    return store.list(prefix).length;
  }

  /** Writes conditions and what else changed; undefined: somebody else was faster, and that brings us back. */
  async #writeStatus(crd: Crd, conditions: readonly Condition[], change: Partial<Crd> = {}): Promise<Crd | undefined> {
    const { api, clock, registry } = this.#options;
    const resource = registry.find(CRD_RESOURCE.group, CRD_RESOURCE.version, CRD_RESOURCE.plural);
    if (!resource) return undefined;
    const now = nowOf(clock);
    const next = { ...crd, ...change };
    const all = conditions.reduce((list, one) => withCondition(list, one, now), next.status?.conditions ?? []);
    const body: ApiObject = { ...next, status: { ...next.status, conditions: all } };
    if (sameJson(body, crd)) return crd;
    try {
      const parameters: WriteParameters = { ...this.#parameters(), subresource: 'status' };
      const { object } = await api.update(resource, { name: crd.metadata.name }, body, parameters);
      return asCrd(object);
    } catch (error) {
      if (isOutdated(error)) return undefined;
      throw error;
    }
  }

  #parameters(): WriteParameters {
    const { log } = this.#options;
    return {
      user: SELF,
      fieldManager: 'kube-apiserver',
      dryRun: false,
      fieldValidation: 'Ignore',
      warn: (text) => log.debug({ text }, 'warned of a custom resource definition'),
    };
  }
}

const isOutdated = (error: unknown): boolean => {
  const { code } = error as Partial<ApiError>;
  return code === 404 || code === 409;
};
