import type { KubeClient } from '@sympozium/kube';
import { backoffMs, delay, type Clock, type Guardian, type Logger, type Random, type Timer } from '@sympozium/process';
import { join } from 'node:path';
import type { Concurrency } from './concurrency.js';
import type { ContainerLog } from './container-log.js';
import type { PodPlace } from './downward.js';
import { formerRuns, type FormerRun } from './former-runs.js';
import type { ImageCommands } from './images.js';
import { PodContainers } from './pod-containers.js';
import { allContainers, isServer, isTerminal, namespaceOf, type Pod, type PodCondition } from './pod.js';
import { foldPodStatus, type ContainerFacts, type Failure } from './pod-status.js';
import { preparePod, type Launch } from './prepare-pod.js';
import type { SourceWatches } from './source-watches.js';
import type { Service } from './services/service.js';
import { StartObstacle } from './start-obstacle.js';
import { StatusWriter } from './status-writer.js';
import { VolumeFolders } from './volume-folder.js';

export interface PodServices {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly guardian: Guardian;
  /** How many Pods are prepared at a time. */
  readonly starts: Concurrency;
  /** How many statuses are written at a time. */
  readonly writes: Concurrency;
  readonly images: ImageCommands;
  readonly apiServer: URL;
  /** PATH of the processes. */
  readonly path: string;
  readonly watches: SourceWatches;
  readonly servicesOf: (namespace: string) => readonly Service[];
}

/** Where one Pod runs. */
export interface PodSite {
  readonly folder: string;
  readonly podIP: string;
  readonly place: PodPlace;
}

const CREATING = { reason: 'ContainerCreating' };
const PREPARE_RETRY = { initialMs: 500, maxMs: 10_000 };
/** Who disagrees with somebody about a status wears neither of them out. */
const TELL_AGAIN_MS = 1_000;

/** One Pod from its start to its last status. */
export class PodRunner {
  readonly pod: Pod;
  /** Resolves when nothing of the Pod runs and its last status is written. */
  readonly done: Promise<void>;
  readonly #services: PodServices;
  readonly #site: PodSite;
  readonly #volumes: VolumeFolders;
  readonly #writer: StatusWriter;
  readonly #stop = new AbortController();
  readonly #facts = new Map<string, ContainerFacts>();
  readonly #startedAt: number;
  readonly #former: ReadonlyMap<string, FormerRun>;
  readonly #deadline: Timer | undefined;
  #containers: PodContainers | undefined;
  #conditions: readonly PodCondition[] = [];
  /** As the API has it now. */
  #seen: Pod;
  #tellAgain: Timer | undefined;
  #failure: Failure | undefined;
  /** It goes on in the node's next life. */
  #suspended = false;
  /** Nothing of it runs, and nothing is started any more. */
  #over = false;

  constructor(services: PodServices, pod: Pod, site: PodSite) {
    this.pod = pod;
    this.#seen = pod;
    this.#services = services;
    this.#site = site;
    this.#startedAt = services.clock.now();
    this.#former = formerRuns(pod);
    this.#volumes = new VolumeFolders(services, pod, site.place, join(site.folder, 'volumes'));
    this.#writer = new StatusWriter(services, pod);
    this.#deadline = this.#armDeadline();
    this.done = this.#run();
  }

  /** A newer version of the Pod: where somebody else has changed its status, it is told again. */
  see(pod: Pod): void {
    this.#seen = pod;
    if (this.#writer.isOverwritten(pod))
      this.#tellAgain ??= this.#services.clock.after(TELL_AGAIN_MS, () => this.#retell());
  }

  /** Ends all containers; `failure` is why the Pod as a whole failed. Called again it can only shorten the grace. */
  async stop(graceMs: number, failure?: Failure): Promise<void> {
    this.#failure ??= failure;
    this.#stop.abort();
    if (!failure && this.#isServing) this.#report();
    this.#containers?.stop(graceMs);
    await this.done;
  }

  /** Ends all containers because the node stops; what can go on in its next life has not failed. */
  async suspend(graceMs: number, failure: Failure): Promise<void> {
    this.#suspended = this.#failure === undefined && (!this.#containers || isServer(this.pod));
    await this.stop(graceMs, this.#suspended ? undefined : failure);
  }

  /** Gives up writing the status: the Pod, or the API server, is gone. */
  abandon(): void {
    this.#writer.abandon();
  }

  get processIP(): string {
    return this.#site.place.processIP;
  }

  /** The log that a container writes now. */
  liveLog(container: string): ContainerLog | undefined {
    return this.#containers?.liveLog(container);
  }

  async #run(): Promise<void> {
    try {
      const launches = await this.#prepare();
      if (launches && !this.#stop.signal.aborted) await this.#runContainers(launches);
    } catch (error) {
      this.#services.log.error({ err: error, ...this.#name }, 'Pod failed on this node');
      this.#failure ??= { reason: 'NodeError', message: String(error) };
    }
    this.#deadline?.cancel();
    this.#over = !this.#suspended;
    if (this.#containers || this.#over) this.#report();
    await Promise.all([this.#writer.flush(), this.#volumes.remove()]);
    this.#tellAgain?.cancel();
  }

  /** Tries until it works or the Pod ends; says meanwhile what it waits for. */
  async #prepare(): Promise<ReadonlyMap<string, Launch> | undefined> {
    const { starts, clock, random } = this.#services;
    const { folder, place } = this.#site;
    const { signal } = this.#stop;
    const input = { ...this.#services, pod: this.pod, volumes: this.#volumes, folder, place, signal };
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        return await starts.run(() => preparePod(input));
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#waitFor(error);
        await delay(clock, backoffMs(PREPARE_RETRY, attempt, random), signal).catch(() => {}); // stopped: the loop ends
      }
    }
    return undefined;
  }

  /** Tells once what a Pod waits for: an obstacle in its status, whatever else in the node's log. */
  #waitFor(error: unknown): void {
    if (!(error instanceof StartObstacle))
      return this.#services.log.warn({ err: error, ...this.#name }, 'Pod not prepared, trying again');
    const { reason, message, container } = error;
    const containers = allContainers(this.pod).filter(({ name }) => container === undefined || name === container);
    const known = this.#facts.get(containers[0]?.name ?? '')?.state.waiting;
    if (known?.reason === reason && known.message === message) return;
    this.#services.log.warn({ ...this.#name, reason, message }, 'Pod cannot start yet');
    this.#facts.clear();
    for (const { name } of containers)
      this.#facts.set(name, { restartCount: 0, ...this.#former.get(name), state: { waiting: { reason, message } } });
    this.#report();
  }

  async #runContainers(launches: ReadonlyMap<string, Launch>): Promise<void> {
    this.#facts.clear();
    for (const [name, run] of this.#former) this.#facts.set(name, { ...run, state: { waiting: CREATING } });
    const onChange = (name: string, facts: ContainerFacts, last: boolean): void => {
      this.#facts.set(name, facts);
      if (!last || this.#others(name)) this.#report();
    };
    const host = this.#site.place.processIP;
    this.#containers = new PodContainers({
      ...this.#services,
      pod: this.pod,
      launches,
      formerRuns: this.#former,
      host,
      onChange,
    });
    await this.#containers.run();
  }

  /** Whether another container has not ended: else this one's end is told in the Pod's last status. */
  #others(name: string): boolean {
    return allContainers(this.pod).some(
      (other) => other.name !== name && !this.#facts.get(other.name)?.state.terminated,
    );
  }

  #armDeadline(): Timer | undefined {
    const { activeDeadlineSeconds: seconds, terminationGracePeriodSeconds: grace = 30 } = this.pod.spec;
    if (seconds === undefined) return undefined;
    const message = 'Pod was active on the node longer than the specified deadline';
    return this.#services.clock.after(seconds * 1000, () => {
      void this.stop(grace * 1000, { reason: 'DeadlineExceeded', message });
    });
  }

  /** Whether clients of a Service may turn to it; a task is nobody's endpoint, and its end is one write less. */
  get #isServing(): boolean {
    const ready = this.#conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
    return ready && isServer(this.pod);
  }

  get #name(): { readonly pod: string; readonly namespace: string } {
    return { pod: this.pod.metadata.name, namespace: namespaceOf(this.pod) };
  }

  /** What has ended in the eyes of the API does not come back. */
  #retell(): void {
    this.#tellAgain = undefined;
    if (isTerminal(this.#seen) || !this.#writer.isOverwritten(this.#seen)) return;
    this.#conditions = this.#seen.status?.conditions ?? []; // the times of those that turn are now
    this.#report();
  }

  #report(): void {
    const status = foldPodStatus(this.pod, {
      containers: this.#facts,
      over: this.#over,
      ending: this.#stop.signal.aborted,
      startedAt: this.#startedAt,
      now: this.#services.clock.now(),
      hostIP: this.#site.place.hostIP,
      podIP: this.#site.podIP,
      conditions: this.#conditions,
      ...(this.#failure ? { failure: this.#failure } : {}),
    });
    this.#conditions = status.conditions ?? [];
    this.#writer.set(status);
  }
}
