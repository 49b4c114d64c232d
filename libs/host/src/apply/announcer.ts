import { shortHash, type AgentRun, type Kind, type KubeObject } from '@sympozium/api';
import type { KubeClient } from '@sympozium/kube';
import type { Clock, Logger } from '@sympozium/process';
import { rfc3339 } from '../status/time.js';

const EVENT: Kind = { apiVersion: 'v1', kind: 'Event', plural: 'events', namespaced: true };

const COMPONENT = 'sympozium/host';

/** The server takes 1 kB. */
const MAX_MESSAGE = 1000;

/** What a person must know. */
export interface Announcement {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** Tells two announcements of one reason apart; the same one is made once. */
  readonly about?: string;
}

/** Writes Events, which `kubectl describe` shows. Nothing rests on them, so one that is refused is not tried again. */
export class Announcer {
  readonly #dependencies: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger };

  constructor(dependencies: { readonly client: KubeClient; readonly clock: Clock; readonly log: Logger }) {
    this.#dependencies = dependencies;
  }

  /** Says it about the run. The Event's name makes a second one of the same impossible. */
  async announce(run: AgentRun, { type, reason, message, about = '' }: Announcement): Promise<void> {
    const { client, clock, log } = this.#dependencies;
    const { namespace = '', name, uid = '' } = run.metadata;
    const time = rfc3339(clock.now());
    const event = {
      apiVersion: EVENT.apiVersion,
      kind: EVENT.kind,
      metadata: { namespace, name: `${name}.${shortHash(`${uid} ${reason} ${about}`, 16)}` },
      involvedObject: { apiVersion: run.apiVersion, kind: run.kind, namespace, name, uid },
      type,
      reason,
      message: message.slice(0, MAX_MESSAGE),
      source: { component: COMPONENT },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    } satisfies KubeObject & Record<string, unknown>;
    await client.create(EVENT, event).catch((error: unknown) => {
      log.debug({ err: error, run: `${namespace}/${name}` }, 'event not written');
    });
  }
}
