import { createInformer, isNotFound, isConflict, type Informer, type KubeClient } from '@sympozium/kube';
import { Lifecycle, type Clock, type Logger, type Random, type Runnable } from '@sympozium/process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AddressPool, type NetworkRanges } from './address-pool.js';
import { Concurrency } from './concurrency.js';
import { Guardian } from './guardian.js';
import type { ImageCommands } from './images.js';
import { KubeletServer, type KubeletCredentials, type LogRequest } from './kubelet-server.js';
import type { LogSource } from './log-reader.js';
import { NodeRegistration } from './node-registration.js';
import { isTerminal, POD_KIND, timestamp, type ContainerStatus, type Pod, type PodStatus } from './pod.js';
import { PodRunner, type PodServices } from './pod-runner.js';
import { endLeftovers, wasStarted } from './process-record.js';
import { StatusWriter } from './status-writer.js';
import { unenforcedFields } from './unenforced.js';

export interface VirtualNodeOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly nodeName: string;
  /** Holds `pods/<uid>`. */
  readonly folder: string;
  readonly images: ImageCommands;
  /** Where processes reach the API server. */
  readonly apiServer: string;
  readonly ranges: NetworkRanges;
  readonly kubelet: KubeletCredentials;
  /** 0 takes a free port. */
  readonly kubeletPort: number;
  readonly capacity: Readonly<Record<string, string>>;
  /** PATH of the processes. */
  readonly path: string;
  /** The longest that a Pod may take to end when the node stops. */
  readonly shutdownGraceMs: number;
}

interface Entry {
  readonly runner: PodRunner;
  readonly address: { release(): void };
  deleting: boolean;
}

const HOST = '127.0.0.1';
const STARTS = 16;

/** A Node whose containers are processes of this machine. */
export class VirtualNode implements Runnable {
  readonly name: string;
  readonly #options: VirtualNodeOptions;
  readonly #podsFolder: string;
  readonly #services: PodServices;
  readonly #guardian = new Guardian();
  readonly #addresses: AddressPool;
  readonly #pods: Informer<Pod>;
  readonly #kubelet: KubeletServer;
  readonly #parts: Lifecycle;
  readonly #entries = new Map<string, Entry>();
  readonly #removed = new Set<string>();
  readonly #warned = new Set<string>();
  readonly #stop = new AbortController();

  constructor(options: VirtualNodeOptions) {
    const { client, clock, random, log, nodeName } = options;
    this.name = `virtual node ${nodeName}`;
    this.#options = options;
    this.#podsFolder = join(options.folder, 'pods');
    this.#addresses = new AddressPool(options.ranges);
    this.#services = {
      ...options,
      apiServer: new URL(options.apiServer),
      guardian: this.#guardian,
      starts: new Concurrency(STARTS),
    };
    this.#kubelet = new KubeletServer({
      credentials: options.kubelet,
      host: HOST,
      port: options.kubeletPort,
      clock,
      log,
      findLog: (request) => this.#findLog(request),
    });
    const registration = new NodeRegistration({ ...options, hostIP: HOST, kubeletPort: () => this.#kubelet.port });
    const fieldSelector = `spec.nodeName=${nodeName}`;
    this.#pods = createInformer({ client, clock, random, log }, { kind: POD_KIND, fieldSelector });
    this.#pods.onEvent(({ type, object }) => (type === 'deleted' ? this.#forget(object) : this.#see(object)));
    this.#parts = new Lifecycle(this.name, [this.#kubelet, registration, this.#pods], log);
  }

  /** Ends what a former life left, registers, and runs what is bound to the node. */
  async start(): Promise<void> {
    mkdirSync(this.#podsFolder, { recursive: true, mode: 0o700 });
    const ended = endLeftovers(this.#podsFolder);
    if (ended.length > 0) this.#options.log.warn({ processes: ended.length }, 'ended processes of a former life');
    this.#guardian.start();
    await this.#parts.start();
    await this.#removeOldFolders();
  }

  /** Ends every Pod, reports it as failed, and marks the Node as stopped. Nothing is left running. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const failure = { reason: 'NodeShutdown', message: 'the virtual node was stopped while the Pod ran' };
    await Promise.all(
      [...this.#entries.values()].map(({ runner }) =>
        runner.stop(Math.min(graceMs(runner.pod), this.#options.shutdownGraceMs), failure),
      ),
    );
    await this.#parts.stop();
    this.#guardian.stop();
  }

  #see(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const deleting = pod.metadata.deletionTimestamp !== undefined;
    if (this.#removed.has(uid) || this.#stop.signal.aborted) return;
    const entry = this.#entries.get(uid);
    if (deleting) this.#watchOver(pod, this.#remove(pod, entry));
    else if (entry || isTerminal(pod)) return;
    else if (wasStarted(this.#folderOf(pod))) this.#watchOver(pod, this.#reportRestart(pod));
    else this.#run(pod);
  }

  #run(pod: Pod): void {
    const { nodeName, capacity } = this.#options;
    const address = this.#addresses.take();
    const { podIP, processIP } = address;
    const place = { nodeName, hostIP: HOST, processIP, allocatable: capacity };
    const runner = new PodRunner(this.#services, pod, { folder: this.#folderOf(pod), podIP, place });
    this.#entries.set(pod.metadata.uid ?? '', { runner, address, deleting: false });
    this.#watchOver(
      pod,
      runner.done.then(() => address.release()),
    );
    this.#warnOfUnenforced(pod);
  }

  /** Ends the Pod with its grace, then takes it out of the API. */
  async #remove(pod: Pod, entry: Entry | undefined): Promise<void> {
    if (entry) await entry.runner.stop(graceMs(pod));
    const { name, namespace = 'default', uid = '' } = pod.metadata;
    if (this.#removed.has(uid)) return;
    this.#removed.add(uid);
    const { client } = this.#options;
    try {
      await client.delete(POD_KIND, { namespace, name }, { uid, gracePeriodSeconds: 0, signal: this.#stop.signal });
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) return; // gone, or another one of its name
      this.#removed.delete(uid);
      throw error;
    }
  }

  /** The Pod is gone from the API: whatever is left of it ends now. */
  #forget(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const entry = this.#entries.get(uid);
    this.#entries.delete(uid);
    this.#removed.delete(uid);
    entry?.runner.abandon();
    const ended = entry?.runner.stop(0) ?? Promise.resolve();
    this.#watchOver(
      pod,
      ended.then(() => rm(this.#folderOf(pod), { recursive: true, force: true })),
    );
  }

  /** A Pod that ran in a former life of the node: its processes are gone, and so is their exit code. */
  async #reportRestart(pod: Pod): Promise<void> {
    const message = 'the virtual node ended while the Pod ran';
    const now = timestamp(this.#options.clock.now());
    const ended = (status: ContainerStatus): ContainerStatus => ({
      ...status,
      ready: false,
      started: false,
      state: status.state.terminated
        ? status.state
        : {
            terminated: {
              exitCode: 137,
              reason: 'NodeRestarted',
              message,
              startedAt: status.state.running?.startedAt ?? now,
              finishedAt: now,
            },
          },
    });
    const statuses =
      pod.status?.containerStatuses ??
      pod.spec.containers.map(({ name, image = '' }) => ({
        ...{ name, image, imageID: '', ready: false, started: false, restartCount: 0, state: {} },
      }));
    const notReady = { status: 'False' as const, lastTransitionTime: now, reason: 'PodFailed' };
    const status: PodStatus = {
      phase: 'Failed',
      reason: 'NodeRestarted',
      message,
      conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, ...notReady })),
      containerStatuses: statuses.map(ended),
    };
    const writer = new StatusWriter(this.#options, pod, this.#stop.signal);
    writer.set(status);
    await writer.flush();
  }

  #watchOver(pod: Pod, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (this.#stop.signal.aborted) return;
      this.#options.log.error({ err: error, pod: pod.metadata.name }, 'the node could not finish with a Pod');
    });
  }

  /** One warning for Pods that ask for the same. */
  #warnOfUnenforced(pod: Pod): void {
    const fields = unenforcedFields(pod);
    const key = fields.join();
    if (fields.length === 0 || this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#options.log.warn({ fields, pod: pod.metadata.name }, 'this node runs plain processes and does not enforce');
  }

  #findLog({ namespace, pod, container, previous }: LogRequest): LogSource | undefined {
    const found = this.#pods.store.get(namespace, pod);
    if (!found) return undefined;
    const folder = join(this.#folderOf(found), 'containers', container);
    const logs = existsSync(folder) ? readdirSync(folder).filter((file) => /^\d+\.log$/.test(file)) : [];
    const files = logs.sort((a, b) => parseInt(a) - parseInt(b)).map((file) => join(folder, file));
    const file = files.at(previous ? -2 : -1);
    if (file === undefined) return undefined;
    const live = this.#entries.get(found.metadata.uid ?? '')?.runner.liveLog(container);
    return live && live.file === file ? { file, live } : { file };
  }

  #folderOf(pod: Pod): string {
    return join(this.#podsFolder, pod.metadata.uid ?? '');
  }

  /** Folders of Pods that were deleted while the node was away. */
  async #removeOldFolders(): Promise<void> {
    const known = new Set(this.#pods.store.list().map((pod) => pod.metadata.uid));
    const old = readdirSync(this.#podsFolder).filter((uid) => !known.has(uid) && !this.#entries.has(uid));
    await Promise.all(old.map((uid) => rm(join(this.#podsFolder, uid), { recursive: true, force: true })));
  }
}

const graceMs = (pod: Pod): number =>
  (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
