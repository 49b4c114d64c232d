import { isNewer, KubeError, type KubeClient } from '@sympozium/kube';
import { backoffMs, delay, type Clock, type Logger, type Random } from '@sympozium/process';
import { isDeepStrictEqual } from 'node:util';
import type { Concurrency } from './concurrency.js';
import { namespaceOf, POD_KIND, uidOf, type Pod, type PodStatus } from './pod.js';

export interface StatusDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How many statuses are written at a time. */
  readonly writes: Concurrency;
}

const BACKOFF = { initialMs: 50, maxMs: 10_000 };

/** Writes one Pod's status, one request at a time; of those that wait only the newest is kept. */
export class StatusWriter {
  readonly #dependencies: StatusDependencies;
  readonly #pod: Pod;
  readonly #given = new AbortController();
  #next: PodStatus | undefined;
  /** What the last write left in the API. */
  #written: { readonly version: string; readonly own: PodStatus } | undefined;
  #draining: Promise<void> | undefined;

  constructor(dependencies: StatusDependencies, pod: Pod) {
    this.#dependencies = dependencies;
    this.#pod = pod;
  }

  set(status: PodStatus): void {
    this.#next = status;
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined));
  }

  /** Whether somebody else has changed, after the last write, what this node tells of the Pod. */
  isOverwritten({ metadata: { resourceVersion = '' }, status }: Pod): boolean {
    if (!this.#written || !isNewer(resourceVersion, this.#written.version)) return false;
    return !isDeepStrictEqual(ownPart(status, this.#written.own), this.#written.own);
  }

  /** Resolves when what was set is written, or never can be: the Pod is gone, the status refused, or it was given up. */
  async flush(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  abandon(): void {
    this.#given.abort();
  }

  async #drain(): Promise<void> {
    const { writes } = this.#dependencies;
    for (let failures = 0; this.#next && !this.#given.signal.aborted;) {
      try {
        await writes.run(() => this.#writeNewest());
        failures = 0;
      } catch (error) {
        if (this.#isFinal(error)) return;
        await this.#pause(error, failures++);
      }
    }
  }

  async #writeNewest(): Promise<void> {
    const status = this.#next;
    if (!status || this.#given.signal.aborted) return;
    this.#next = undefined;
    const key = { namespace: namespaceOf(this.#pod), name: this.#pod.metadata.name };
    // The uid makes it a conflict when it is another Pod of this name; strategic keeps others' conditions.
    const patch = { type: 'strategic', body: { metadata: { uid: uidOf(this.#pod) }, status } } as const;
    try {
      const written = await this.#dependencies.client.patch(POD_KIND, key, patch, {
        subresource: 'status',
        signal: this.#given.signal,
      });
      this.#written = { version: written.metadata.resourceVersion ?? '', own: ownPart(written.status, status) };
    } catch (error) {
      this.#next ??= status;
      throw error;
    }
  }

  /** True when trying again cannot help. */
  #isFinal(error: unknown): boolean {
    if (this.#given.signal.aborted) return true;
    if (!(error instanceof KubeError)) return false;
    const gone = error.status === 404; // another Pod of its name is a conflict: whoever sees it gives this one up
    const refused = error.status === 400 || error.status === 422;
    if (refused) this.#dependencies.log.error({ err: error, pod: this.#pod.metadata.name }, 'Pod status refused');
    if (gone || refused) this.#next = undefined;
    return gone || refused;
  }

  async #pause(error: unknown, failures: number): Promise<void> {
    const { clock, random, log } = this.#dependencies;
    log.warn({ err: error, pod: this.#pod.metadata.name }, 'Pod status not written, trying again');
    const wished = error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0;
    const pause = Math.max(wished, backoffMs(BACKOFF, failures, random));
    await delay(clock, pause, this.#given.signal).catch(() => {}); // given up: the loop sees it
  }
}

/** Of a stored status the fields and conditions that `own` has. */
function ownPart(stored: PodStatus | undefined, own: PodStatus): PodStatus {
  const types = new Set(own.conditions?.map(({ type }) => type));
  const conditions = stored?.conditions?.filter(({ type }) => types.has(type));
  const entries = Object.entries({ ...stored, conditions }).filter(([field]) => field in own);
  return Object.fromEntries(entries) as unknown as PodStatus;
}
