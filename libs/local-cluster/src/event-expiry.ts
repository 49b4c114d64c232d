import { Controller, type Reconciled } from '@sympozium/controller';
import type { Clock, Logger, Random, Runnable } from '@sympozium/process';
import type { ApiObject } from './api-object.js';
import type { ManagedFieldsEntry } from './apply/managers.js';
import { keyOf, prefixOf } from './rest/store-key.js';
import type { RevisionStore } from './storage/index.js';

export interface EventExpiryOptions {
  readonly store: RevisionStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const EVENTS = { group: '', plural: 'events' };
const PREFIX = prefixOf(EVENTS);
/** What kube-apiserver has for `--event-ttl`; each write of an Event begins it anew. */
const TTL_MS = 3_600_000;
/** Those whose time ends within a minute go together, as etcd has one lease for them. */
const TOGETHER_MS = 60_000;
/** So many go in one commit; others are heard between two. */
const BATCH = 500;
/** All are looked at together. */
const KEY = 'events';

/** Removes Events when their time is over, as etcd does: it asks nobody, and the audit log does not know of it. */
export class EventExpiry implements Runnable {
  readonly name = 'event expiry';
  readonly #options: EventExpiryOptions;
  readonly #controller: Controller;
  #unwatch: (() => void) | undefined;

  constructor(options: EventExpiryOptions) {
    const { clock, random, log } = options;
    this.#options = options;
    const reconcile = (): Promise<Reconciled> => this.#sweep();
    this.#controller = new Controller({ name: this.name, workers: 1, reconcile, clock, random, log });
  }

  /** What ended while nobody was there goes a minute later: a start has other things to do. */
  async start(): Promise<void> {
    const { store } = this.#options;
    this.#controller.enqueue(KEY, TOGETHER_MS);
    this.#unwatch = store.watch(PREFIX, store.revision, ({ type }) => {
      if (type === 'ADDED') this.#controller.enqueue(KEY, TTL_MS + TOGETHER_MS);
    });
    await this.#controller.start();
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    await this.#controller.stop();
  }

  async #sweep(): Promise<Reconciled> {
    const now = this.#options.clock.now();
    const expired: ApiObject[] = [];
    let next = Infinity;
    for (const event of this.#options.store.list(PREFIX)) {
      const end = endOf(event);
      if (end <= now) expired.push(event);
      else next = Math.min(next, end);
    }
    while (expired.length > 0) await Promise.all(expired.splice(0, BATCH).map((event) => this.#remove(event)));
    return next === Infinity ? {} : { recheckAfterMs: next - now + TOGETHER_MS };
  }

  /** Leaves what was written again meanwhile. */
  async #remove({ metadata }: ApiObject): Promise<void> {
    await this.#options.store.update(keyOf(EVENTS, metadata), (current) => ({
      action: current?.metadata.resourceVersion === metadata.resourceVersion ? 'remove' : 'keep',
    }));
  }
}

/** Counted from the last write, of which managed fields tell. */
function endOf({ metadata: { creationTimestamp = '', managedFields = [] } }: ApiObject): number {
  const times = (managedFields as readonly ManagedFieldsEntry[]).map(({ time = '' }) => time);
  return Math.max(...[creationTimestamp, ...times].map((time) => Date.parse(time) || 0)) + TTL_MS;
}
