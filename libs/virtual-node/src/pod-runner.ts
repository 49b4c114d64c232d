import type { KubeClient } from '@sympozium/kube';
import { backoffMs, delay, type Clock, type Logger, type Random, type Timer } from '@sympozium/process';
import { join } from 'node:path';
import type { Concurrency } from './concurrency.js';
import { ContainerLog } from './container-log.js';
import { ContainerProcess } from './container-process.js';
import type { PodPlace } from './downward.js';
import type { Guardian } from './guardian.js';
import type { ImageCommands } from './images.js';
import { timestamp, type Container, type Pod, type Terminated } from './pod.js';
import { foldPodStatus, type ContainerFacts, type PodFacts } from './pod-status.js';
import { ImageError, preparePod, type Launch } from './prepare-pod.js';
import { ConfigurationError } from './sources.js';
import { StatusWriter } from './status-writer.js';
import { lastLogLines, readTerminationMessage } from './termination-message.js';
import { VolumeFolders } from './volume-folder.js';

export interface PodServices {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly guardian: Guardian;
  /** How many Pods are prepared at a time. */
  readonly starts: Concurrency;
  readonly images: ImageCommands;
  readonly apiServer: URL;
  readonly path: string;
}

/** Where one Pod runs. */
export interface PodSite {
  readonly folder: string;
  readonly podIP: string;
  readonly place: PodPlace;
}

export interface Failure {
  readonly reason: string;
  readonly message: string;
}

const PREPARE_RETRY = { initialMs: 1_000, maxMs: 20_000 };
/** The kubelet's: 10 s, doubled up to five minutes. */
const RESTART_MS = 10_000;
const LONGEST_RESTART_MS = 300_000;

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
  readonly #abandon = new AbortController();
  readonly #facts = new Map<string, ContainerFacts>();
  readonly #processes = new Map<string, ContainerProcess>();
  readonly #startedAt: number;
  #failure: Failure | undefined;
  #deadline: Timer | undefined;

  constructor(services: PodServices, pod: Pod, site: PodSite) {
    this.pod = pod;
    this.#services = services;
    this.#site = site;
    this.#startedAt = services.clock.now();
    this.#volumes = new VolumeFolders(services, pod, join(site.folder, 'volumes'));
    this.#writer = new StatusWriter(services, pod, this.#abandon.signal);
    this.#armDeadline();
    this.done = this.#run();
  }

  /** Ends all containers; `failure` is why the Pod as a whole failed. May be called again with less grace. */
  async stop(graceMs: number, failure?: Failure): Promise<void> {
    this.#failure ??= failure;
    this.#stop.abort();
    for (const process of this.#processes.values()) process.stop(graceMs);
    await this.done;
  }

  /** Gives up writing the status: the Pod is gone. */
  abandon(): void {
    this.#abandon.abort();
  }

  /** The log that a container writes now. */
  liveLog(container: string): ContainerLog | undefined {
    return this.#processes.get(container)?.log;
  }

  async #run(): Promise<void> {
    try {
      const launches = await this.#prepare();
      if (launches && (await this.#runInitContainers(launches)))
        await Promise.all(launchesOf(this.pod.spec.containers, launches).map((launch) => this.#runContainer(launch)));
    } catch (error) {
      this.#services.log.error({ err: error, pod: this.pod.metadata.name }, 'Pod failed on this node');
      this.#failure ??= { reason: 'NodeError', message: String(error) };
    }
    this.#deadline?.cancel();
    this.#volumes.close();
    this.#report(this.#failure);
    await this.#writer.flush();
  }

  /** Tries until it works or the Pod ends; says meanwhile what it waits for. */
  async #prepare(): Promise<Map<string, Launch> | undefined> {
    const { starts, clock, random } = this.#services;
    const { folder, place } = this.#site;
    const signal = this.#stop.signal;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const input = { ...this.#services, pod: this.pod, volumes: this.#volumes, folder, place, signal };
        const launches = await starts.run(() => preparePod(input));
        return signal.aborted ? undefined : launches;
      } catch (error) {
        if (signal.aborted) return undefined;
        this.#waitFor(error);
        await delay(clock, backoffMs(PREPARE_RETRY, attempt, random), signal).catch(() => {}); // stopped: the loop ends
      }
    }
    return undefined;
  }

  #waitFor(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const reason = waitingReason(error);
    const containers = [...(this.pod.spec.initContainers ?? []), ...this.pod.spec.containers];
    const known = this.#facts.get(containers[0]?.name ?? '')?.state.waiting;
    if (known?.reason === reason && known.message === message) return;
    this.#services.log.warn({ pod: this.pod.metadata.name, reason, message }, 'Pod cannot start yet');
    for (const { name } of containers)
      this.#facts.set(name, { state: { waiting: { reason, message } }, restartCount: 0 });
    this.#report();
  }

  /** One after the other, each to success. False when the Pod ends here. */
  async #runInitContainers(launches: ReadonlyMap<string, Launch>): Promise<boolean> {
    for (const launch of launchesOf(this.pod.spec.initContainers ?? [], launches)) {
      const policy = this.pod.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
      const end = await this.#runContainer(launch, policy);
      if (end.exitCode !== 0 || this.#stop.signal.aborted) return false;
    }
    return true;
  }

  /** Runs a container and, as the policy says, again, until it ends for good. */
  async #runContainer(launch: Launch, policy = this.pod.spec.restartPolicy ?? 'Always'): Promise<Terminated> {
    const { name } = launch.container;
    for (let restartCount = 0; ; restartCount++) {
      const end = await this.#runOnce(launch, restartCount);
      const again = policy === 'Always' || (policy === 'OnFailure' && end.exitCode !== 0);
      const last = this.#facts.get(name)?.lastTerminated;
      const terminated = { state: { terminated: end }, restartCount, ...(last ? { lastTerminated: last } : {}) };
      this.#facts.set(name, terminated);
      if (!again || this.#stop.signal.aborted) {
        this.#reportUnlessLast();
        return end;
      }
      await this.#backOff(name, end, restartCount);
      if (this.#stop.signal.aborted) {
        this.#facts.set(name, terminated);
        return end;
      }
    }
  }

  async #backOff(name: string, end: Terminated, restartCount: number): Promise<void> {
    const pause = Math.min(LONGEST_RESTART_MS, RESTART_MS * 2 ** Math.min(restartCount, 10));
    const message = `back-off ${pause / 1000}s restarting container ${name}`;
    const state = { waiting: { reason: 'CrashLoopBackOff', message } };
    this.#facts.set(name, { state, lastTerminated: end, restartCount: restartCount + 1 });
    this.#report();
    await delay(this.#services.clock, pause, this.#stop.signal).catch(() => {}); // stopped: the caller sees it
  }

  async #runOnce(launch: Launch, restartCount: number): Promise<Terminated> {
    const { clock } = this.#services;
    const { name } = launch.container;
    const startedAt = timestamp(clock.now());
    const log = new ContainerLog(join(launch.folder, `${restartCount}.log`), clock);
    const process = new ContainerProcess(this.#services, launch, log);
    this.#processes.set(name, process);
    if (process.started) {
      const lastTerminated = this.#facts.get(name)?.lastTerminated;
      const last = lastTerminated ? { lastTerminated } : {};
      this.#facts.set(name, { state: { running: { startedAt } }, restartCount, ...last });
      this.#report();
    }
    const end = await process.ended;
    const finishedAt = timestamp(clock.now());
    if (end.kind === 'not-started')
      return { exitCode: 128, reason: 'StartError', message: end.message, startedAt, finishedAt };
    const message = await this.#message(launch, log, end.exitCode);
    const reason = end.exitCode === 0 ? 'Completed' : 'Error';
    return { exitCode: end.exitCode, reason, ...(message ? { message } : {}), startedAt, finishedAt };
  }

  async #message(launch: Launch, log: ContainerLog, exitCode: number): Promise<string> {
    const message = await readTerminationMessage(launch.terminationMessageFile);
    const fallback = launch.container.terminationMessagePolicy === 'FallbackToLogsOnError' && exitCode !== 0;
    return message === '' && fallback ? lastLogLines(log.file) : message;
  }

  #armDeadline(): void {
    const seconds = this.pod.spec.activeDeadlineSeconds;
    if (seconds === undefined) return;
    const grace = (this.pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
    const message = `Pod was active on the node longer than the specified deadline`;
    this.#deadline = this.#services.clock.after(seconds * 1000, () => {
      void this.stop(grace, { reason: 'DeadlineExceeded', message });
    });
  }

  /** The end of the last container is told in the Pod's last status. */
  #reportUnlessLast(): void {
    const others = this.pod.spec.containers.some(({ name }) => !this.#facts.get(name)?.state.terminated);
    if (others) this.#report();
  }

  #report(failure?: Failure): void {
    const facts: PodFacts = {
      containers: this.#facts,
      stopping: this.#stop.signal.aborted,
      startedAt: this.#startedAt,
      hostIP: this.#site.place.hostIP,
      podIP: this.#site.podIP,
      ...(failure ? { failure } : {}),
    };
    this.#writer.set(foldPodStatus(this.pod, facts));
  }
}

const launchesOf = (containers: readonly Container[], launches: ReadonlyMap<string, Launch>): Launch[] =>
  containers.flatMap(({ name }) => launches.get(name) ?? []);

function waitingReason(error: unknown): string {
  if (error instanceof ImageError) return 'ErrImagePull';
  return error instanceof ConfigurationError ? 'CreateContainerConfigError' : 'ContainerCreating';
}
