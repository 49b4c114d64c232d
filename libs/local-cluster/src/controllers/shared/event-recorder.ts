import type { KubeObject } from '@sympozium/api';
import type { KubeClient, WriteOptions } from '@sympozium/kube';
import type { Clock, Logger, Runnable } from '@sympozium/process';
import { MANAGER } from './manager.js';
import { EVENT } from './kinds.js';
import { timestamp } from './time.js';
import { unlessGone } from './unless-gone.js';

export interface EventText {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** What was done, for recorders of the newer kind. */
  readonly action?: string;
}

/** An Event as it was written last. */
type Recorded = KubeObject & { count?: number; lastTimestamp?: string };

/** So many different events are remembered, so that the same one again only counts up. */
const REMEMBERED = 1_000;

/** Writes Events, one after the other, without keeping anybody waiting; what cannot be written is dropped. */
export class EventRecorder implements Runnable {
  readonly name = 'event recorder';
  readonly #dependencies: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger };
  readonly #recorded = new Map<string, Recorded>();
  #last: Promise<void> = Promise.resolve();
  /** Makes the names of events of one moment different. */
  #sequence = 0;

  constructor(dependencies: { client: KubeClient; clock: Clock; log: Logger }) {
    this.#dependencies = dependencies;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#last;
  }

  /** Tells that something happened to an object, in the name of a component. */
  record(object: KubeObject, component: string, text: EventText): void {
    this.#last = this.#last
      .then(() => this.#write(object, component, text))
      .catch((err: unknown) => this.#dependencies.log.debug({ err, reason: text.reason }, 'an event was not written'));
  }

  async #write(object: KubeObject, component: string, text: EventText): Promise<void> {
    const { client } = this.#dependencies;
    const manager = component === 'default-scheduler' ? { fieldManager: 'kube-scheduler' } : MANAGER;
    const key = [object.metadata.uid, component, text.type, text.reason, text.message].join('\0');
    const known = this.#recorded.get(key);
    if (known) return this.#countUp(known, manager);
    const event = this.#event(object, component, text);
    await client.create(EVENT, event, manager);
    this.#recorded.set(key, event);
    const [oldest] = this.#recorded.keys();
    if (this.#recorded.size > REMEMBERED && oldest !== undefined) this.#recorded.delete(oldest);
  }

  /** One that has expired comes again with its count. */
  async #countUp(event: Recorded, manager: WriteOptions): Promise<void> {
    const { client, clock } = this.#dependencies;
    const body = { count: (event.count ?? 1) + 1, lastTimestamp: timestamp(clock) };
    Object.assign(event, body);
    const patched = await unlessGone(client.patch(EVENT, event.metadata, { type: 'merge', body }, manager));
    if (!patched) await client.create(EVENT, event, manager);
  }

  #event(object: KubeObject, component: string, { type, reason, message, action }: EventText): Recorded {
    const { clock } = this.#dependencies;
    const { namespace = 'default', name, uid, resourceVersion } = object.metadata;
    const now = timestamp(clock);
    const nanos = BigInt(clock.now()) * 1_000_000n + BigInt((this.#sequence += 1) % 1_000_000);
    const times = action === undefined ? { firstTimestamp: now, lastTimestamp: now, count: 1 } : { action };
    const involvedObject = {
      ...{ kind: object.kind, apiVersion: object.apiVersion, name, uid, resourceVersion },
      ...(object.metadata.namespace === undefined ? {} : { namespace }),
    };
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${nanos.toString(16)}`, namespace },
      ...{ involvedObject, type, reason, message },
      source: action === undefined ? { component } : {},
      reportingComponent: component,
      reportingInstance: action === undefined ? '' : `${component}-local`,
      ...times,
      ...(action === undefined ? {} : { eventTime: new Date(clock.now()).toISOString().replace('Z', '000Z') }),
    };
    return event;
  }
}
