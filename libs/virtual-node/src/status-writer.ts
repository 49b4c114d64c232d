import { isConflict, isNotFound, type KubeClient } from '@sympozium/kube';
import { backoffMs, delay, type Clock, type Logger, type Random } from '@sympozium/process';
import { POD_KIND, type Pod, type PodStatus } from './pod.js';

export interface StatusDependencies {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

const BACKOFF = { initialMs: 50, maxMs: 10_000 };

/** Writes one Pod's status, one request at a time; while one is under way only the newest of the next ones is kept. */
export class StatusWriter {
  readonly #dependencies: StatusDependencies;
  readonly #pod: Pod;
  readonly #signal: AbortSignal;
  #next: PodStatus | undefined;
  #draining: Promise<void> | undefined;

  /** `signal` gives up retrying. */
  constructor(dependencies: StatusDependencies, pod: Pod, signal: AbortSignal) {
    this.#dependencies = dependencies;
    this.#pod = pod;
    this.#signal = signal;
  }

  set(status: PodStatus): void {
    this.#next = status;
    this.#draining ??= this.#drain().finally(() => (this.#draining = undefined));
  }

  /** Resolves when what was set is written, or the Pod is gone. */
  async flush(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  async #drain(): Promise<void> {
    let failures = 0;
    while (this.#next && !this.#signal.aborted) {
      const status = this.#next;
      this.#next = undefined;
      try {
        await this.#write(status);
        failures = 0;
      } catch (error) {
        if (isNotFound(error) || isConflict(error)) return; // the Pod, or this one of its name, is gone
        this.#next ??= status;
        await this.#pause(error, failures++);
      }
    }
  }

  async #write(status: PodStatus): Promise<void> {
    const { name, namespace = 'default', uid } = this.#pod.metadata;
    const body = { metadata: { uid }, status };
    await this.#dependencies.client.patch(
      POD_KIND,
      { namespace, name },
      { type: 'strategic', body },
      { subresource: 'status', signal: this.#signal },
    );
  }

  async #pause(error: unknown, failures: number): Promise<void> {
    const { clock, random, log } = this.#dependencies;
    if (this.#signal.aborted) return;
    log.warn({ err: error, pod: this.#pod.metadata.name }, 'Pod status not written, trying again');
    await delay(clock, backoffMs(BACKOFF, failures, random), this.#signal).catch(() => {}); // given up: the loop sees it
  }
}
